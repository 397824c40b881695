import {
  buildSnapshot,
  readClusterNetworks,
  readEgressIPAM,
  readInfrastructure,
  readNode,
  type Allocation,
  type ClusterSnapshot,
  type EgressIPAMSnapshot,
  type Finding,
  type InfrastructureSnapshot,
  type NamespaceSnapshot,
  type NetworkEntry,
  type NetworkKind,
  type NetworkObjects,
  type NetworkSnapshot,
  type NodeSnapshot,
  type Plan,
  type ProviderSnapshot,
  type Recognition,
} from '@egressip-ipam/core';
import { asRecord, type Read } from '@egressip-ipam/core/plugin';
import type { Resource, RestClient } from '@egressip-ipam/kube';
import { kindKey } from '../network/evidence.ts';
import type { FoundNetwork } from '../network/find-network.ts';
import * as resources from '../network/resources.ts';
import { Collection, type CollectionOptions, type ReadingHooks } from './collection.ts';
import { DepartedClaims } from './departed-claims.ts';
import { DepartedNodes } from './departed-nodes.ts';
import { readTenantNamespace } from './read-tenant-namespace.ts';
import { lostProof } from './lost-proof.ts';
import { RefusedAddresses } from './refused-addresses.ts';
import { allServiceUses, readServiceUse, type ServiceUse, type ServiceUses } from './service-uses.ts';
import { WatchedValues } from './watched-values.ts';

const rememberRefusal = 600_000;

const noUses: readonly ServiceUse[] = [];

/** What the store has to know before it starts. */
export interface ClusterStoreOptions extends ReadingHooks {
  readonly rest: RestClient;
  readonly network: FoundNetwork;
  /** Whether the cluster serves Infrastructure. */
  readonly servesInfrastructures: boolean;
  /** Whether there are no EgressIPAMs for good, as their definition is gone; absent: they are waited for. */
  readonly lacksEgressIPAMs?: boolean;
  /** The kind that tells the networks of Services, where it is served and may be read. */
  readonly serviceCIDRs?: Resource | undefined;
  /** Whether addresses of Services are read, and taken to be in use. */
  readonly readsServices?: boolean;
  /** As many releases as the status of an EgressIPAM takes, where that is known. */
  readonly mostReleases?: () => number | undefined;
  /** Whether nodes are remembered that went away while their machines may still carry addresses. */
  readonly remembersNodes: boolean;
  /** Whether the name of such a node is enough to take addresses off its machine. */
  readonly findsByName?: boolean;
  readonly now: () => number;
  /** What is counted of the network's objects and not watched. */
  readonly counted?: () => NetworkObjects;
  /** Something changed that no write of ours explains; a node perhaps, and then it is urgent. */
  readonly onChange: (isUrgent: boolean) => void;
}

/** The objects of a kind, as those who write them need them. */
export type WrittenCollection = Pick<
  Collection<NetworkEntry>,
  'begin' | 'changedSince' | 'end' | 'get' | 'incarnationOf' | 'observe' | 'resourceVersionOf' | 'sequence' | 'settle'
>;

/** The objects of a kind, as those who only read them need them. */
export type ReadCollection = Pick<
  Collection<never>,
  'kind' | 'hasSynced' | 'failingSince' | 'start' | 'stop' | 'refresh' | 'sequence' | 'problems'
> & { readonly mayBeLate?: boolean; readonly trouble?: string | undefined };

/** All that a plan is made from, kept up to date by watches. */
export class ClusterStore {
  readonly egressIPAMs: Collection<EgressIPAMSnapshot>;
  readonly namespaces: Collection<NamespaceSnapshot>;
  readonly nodes: Collection<NodeSnapshot>;
  /** The network's own objects, by kind. */
  readonly #networkObjects: ReadonlyMap<string, Collection<NetworkEntry>>;
  readonly #infrastructures: Collection<NamedInfrastructure> | undefined;
  readonly #services: WatchedValues<ServiceUse> | undefined;
  #lastUses: { readonly uses: readonly ServiceUse[]; readonly all: ServiceUses } | undefined;
  readonly #serviceCIDRs: WatchedValues<string> | undefined;
  readonly #options: ClusterStoreOptions;
  readonly #departedNodes: DepartedNodes;
  /** What the network or the cloud would not put anywhere: left alone for a while. */
  readonly refused: RefusedAddresses;
  readonly #departed = new DepartedClaims();
  /** By the last plan; undefined before the first. */
  #given: readonly Allocation[] | undefined;
  #attaching:
    { readonly nodes: readonly NodeSnapshot[]; readonly byCluster: Recognition['clusterAttaches'] } | undefined;

  constructor(options: ClusterStoreOptions) {
    const { rest, onError, onResumed, onVanishing, network, servesInfrastructures } = options;
    const { backend, evidence } = network;
    const common = { rest, onError, onResumed, onVanishing, onChange: () => options.onChange(false) };
    this.#options = options;
    this.refused = new RefusedAddresses(rememberRefusal, options.now);
    this.egressIPAMs = new Collection({
      ...common,
      resource: resources.egressIPAMs,
      read: readEgressIPAM,
      isAbsent: options.lacksEgressIPAMs === true,
    });
    this.namespaces = new Collection({
      ...common,
      resource: resources.namespaces,
      read: readTenantNamespace,
      onDeleted: (namespace) => this.#departed.note(namespace, this.egressIPAMs.list()),
    });
    this.#departedNodes = new DepartedNodes(options.findsByName);
    this.nodes = new Collection({
      ...common,
      resource: resources.nodes,
      read: (object) => readNode(object, backend.nodeAnnotations),
      onChange: () => options.onChange(true),
      onDeleted: (node) => {
        if (this.#remembersNodes) this.#departedNodes.note(node);
      },
    });
    const watched = backend.kinds.filter(
      (kind) => kind.optional !== true || evidence.served.has(kindKey(kind.resource)),
    );
    this.#networkObjects = new Map(
      watched.map((kind) => [kind.resource.kind, new Collection({ ...common, ...placeOf(kind), read: kind.read })]),
    );
    this.#services =
      options.readsServices === true
        ? new WatchedValues({
            ...common,
            resource: resources.services,
            read: readServiceUse,
            keyOf: ({ used }) => used[0]?.usedBy ?? '',
          })
        : undefined;
    this.#serviceCIDRs =
      options.serviceCIDRs === undefined
        ? undefined
        : new WatchedValues({
            ...common,
            resource: options.serviceCIDRs,
            read: readClusterNetworks,
            keyOf: (cidr) => cidr,
            mayBeLate: true,
          });
    this.#infrastructures = servesInfrastructures
      ? new Collection({
          ...common,
          resource: resources.infrastructures,
          name: 'cluster',
          read: readNamedInfrastructure,
        })
      : undefined;
  }

  /** Every kind that is watched. */
  get collections(): readonly ReadCollection[] {
    return [
      this.egressIPAMs,
      this.namespaces,
      this.nodes,
      ...this.#networkObjects.values(),
      this.#infrastructures,
      this.#services,
      this.#serviceCIDRs,
    ].filter((collection) => collection !== undefined);
  }

  /** The objects of a kind that steps write; undefined where it is not watched. */
  collectionOf(kind: string): WrittenCollection | undefined {
    const own = [this.egressIPAMs, this.namespaces, this.nodes].find((collection) => collection.kind === kind);
    return own ?? this.#networkObjects.get(kind);
  }

  /** The kinds that have not been read yet. */
  get unsynced(): readonly string[] {
    return this.collections.filter(({ hasSynced }) => !hasSynced).map(({ kind }) => kind);
  }

  /** The network that this store was made for. */
  get network(): FoundNetwork {
    return this.#options.network;
  }

  /** Whether a controller of the cluster's own attaches addresses, as its network's back end sees it now. */
  get clusterAttaches(): Recognition['clusterAttaches'] {
    const nodes = this.nodes.list();
    if (this.#attaching?.nodes !== nodes) {
      const { backend, evidence } = this.network;
      this.#attaching = {
        nodes,
        byCluster: backend.recognise({ ...evidence, nodes: nodes.length === 0 ? evidence.nodes : nodes })
          .clusterAttaches,
      };
    }
    return this.#attaching.byCluster;
  }

  /** The nodes, and those that went away while their machines may still carry addresses. */
  get machines(): readonly NodeSnapshot[] {
    return this.#remembersNodes ? this.#departedNodes.with(this.nodes.list()) : this.nodes.list();
  }

  get #remembersNodes(): boolean {
    return this.#options.remembersNodes && this.clusterAttaches === undefined;
  }

  /**
   * Remembers what a plan gives of what is on record already, until it is carried or given no longer: from here on
   * writes put it on nodes, and while they are under way the record alone would not prove whose it is.
   */
  notePromises({ allocations, steps, egressIPAMs }: Plan): void {
    if (this.unsynced.length === 0) this.#departed.settle(egressIPAMs);
    this.#given = allocations;
    const underWay = allocations.filter(({ carried }) => !carried);
    const names = new Set(underWay.map(({ namespace }) => namespace));
    this.namespaces.forgetPromises((namespace) => names.has(namespace));
    const unwritten = new Set(steps.flatMap((step) => (step.kind === 'annotate' ? [step.namespace] : [])));
    for (const { namespace, source, addresses } of underWay) {
      if (source === 'recorded' && !unwritten.has(namespace)) this.namespaces.promise(namespace, addresses);
    }
  }

  /**
   * Whether a plan took away what is still known to be somebody's: it counts as given from now on, and the plan is to
   * be made anew.
   */
  recallProof({ allocations }: Plan): boolean {
    const lost = lostProof(this.#given ?? [], allocations, (name) => this.namespaces.entry(name)).filter(
      ({ egressIPAM }) => this.egressIPAMs.entry(egressIPAM)?.deletedAt === undefined,
    );
    for (const { namespace, addresses } of lost) this.namespaces.promise(namespace, addresses);
    return lost.length > 0;
  }

  /** Forgets nodes that went away and of which nothing is left. */
  forgetDepartedNodes(isEmpty: (name: string) => boolean): void {
    this.#departedNodes.forget(isEmpty);
  }

  /** What is wrong in objects that were read. */
  get problems(): readonly Finding[] {
    return [...this.collections.flatMap(({ problems }) => problems), ...this.#serviceUses().problems];
  }

  /** What the cluster runs on, as it says itself. */
  get infrastructure(): InfrastructureSnapshot {
    return this.#infrastructures?.list()[0]?.infrastructure ?? { virtualIPs: [] };
  }

  /** What of the network is watched, as snapshots have it. */
  get networkSnapshot(): NetworkSnapshot {
    const { backend, recognition } = this.network;
    const objects = Object.fromEntries(
      [...this.#networkObjects].map(([kind, collection]) => [kind, collection.list()]),
    );
    return {
      name: backend.name,
      ...(recognition.settings === undefined ? {} : { settings: recognition.settings }),
      objects: { ...objects, ...this.#options.counted?.() },
    };
  }

  /** Takes in what was refused before this process decided anything, from what is written down. */
  recallRefused(): void {
    this.refused.recall(this.egressIPAMs.list().flatMap(({ refused = [] }) => refused));
  }

  /** The cluster as it is known now. */
  snapshot(provider: ProviderSnapshot): ClusterSnapshot {
    const { unsynced } = this;
    const mostReleases = this.#options.mostReleases?.();
    const refused = this.refused.list().map(({ address }) => address);
    const base = buildSnapshot({});
    const clusterNetworks = [...(this.network.evidence.clusterNetworks ?? []), ...(this.#serviceCIDRs?.list() ?? [])];
    const serviceAddresses = this.#serviceUses().used;
    return {
      ...base,
      time: new Date(this.#options.now()).toISOString(),
      ...(unsynced.length > 0 ? { unsynced } : {}),
      network: this.networkSnapshot,
      infrastructure: this.infrastructure,
      ...(clusterNetworks.length === 0 ? {} : { clusterNetworks }),
      ...(serviceAddresses.length === 0 ? {} : { serviceAddresses }),
      provider,
      egressIPAMs: this.egressIPAMs.list(),
      namespaces: this.namespaces.list(),
      nodes: this.machines,
      ...(refused.length === 0 ? {} : { refused }),
      ...(this.#given === undefined ? { isFirstLook: true } : {}),
      ...(mostReleases === undefined ? {} : { mostReleases }),
      departed: this.#departed.list(this.egressIPAMs.list(), this.#given),
    };
  }

  #serviceUses(): ServiceUses {
    const uses = this.#services?.list() ?? noUses;
    if (this.#lastUses?.uses !== uses) this.#lastUses = { uses, all: allServiceUses(uses) };
    return this.#lastUses.all;
  }
}

interface NamedInfrastructure {
  readonly name: string;
  readonly infrastructure: InfrastructureSnapshot;
}

function readNamedInfrastructure(object: unknown): Read<NamedInfrastructure> {
  const read = readInfrastructure(object);
  const { name } = asRecord(asRecord(object)['metadata']);
  return read.ok && typeof name === 'string'
    ? { ok: true, value: { name, infrastructure: read.value }, problems: read.problems }
    : { ok: false, problems: read.problems };
}

function placeOf(kind: NetworkKind): Pick<CollectionOptions<NetworkEntry>, 'resource' | 'namespace' | 'name'> {
  const { namespace, name } = kind;
  return {
    resource: resources.resourceRead(kind),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}
