import {
  buildSnapshot,
  isCloudRefusal,
  parseAddress,
  readCloudPrivateIPConfig,
  readEgressIP,
  readEgressIPAM,
  readHostSubnet,
  readInfrastructure,
  readNetNamespace,
  readNode,
  type ClusterSnapshot,
  type DepartedClaim,
  type Finding,
  type InfrastructureSnapshot,
  type NamespaceSnapshot,
  type NetworkSnapshot,
  type NodeSnapshot,
  type ProviderSnapshot,
  type Read,
} from '@egressip-ipam/core';
import type { RestClient } from '@egressip-ipam/kube';
import * as resources from '../network/resources.ts';
import { Collection, type ReadingHooks } from './collection.ts';
import { DepartedNodes } from './departed-nodes.ts';
import { readTenantNamespace } from './read-tenant-namespace.ts';

const rememberRefusal = 600_000;
/** As many as `status.released` keeps. */
const mostDeparted = 1000;

/** What the store has to know before it starts. */
export interface ClusterStoreOptions extends ReadingHooks {
  readonly rest: RestClient;
  readonly network: NetworkSnapshot;
  /** What of optional kinds the cluster serves. */
  readonly serves: { readonly infrastructures: boolean; readonly cloudPrivateIPConfigs: boolean };
  /** Whether nodes are remembered that went away while their machines may still carry addresses. */
  readonly remembersNodes: boolean;
  readonly now: () => number;
  /** Something changed that no write of ours explains; a node perhaps, and then it is urgent. */
  readonly onChange: (isUrgent: boolean) => void;
}

/** All that a plan is made from, kept up to date by watches. */
export class ClusterStore {
  readonly egressIPAMs;
  readonly namespaces;
  readonly nodes: Collection<NodeSnapshot>;
  readonly hostSubnets;
  readonly netNamespaces;
  readonly egressIPs;
  readonly #cloudPrivateIPConfigs;
  readonly #infrastructures;
  readonly #options: ClusterStoreOptions;
  readonly #departedNodes = new DepartedNodes();
  #departed: readonly DepartedClaim[] = [];
  /** By name of a CloudPrivateIPConfig: until when its address is left alone. */
  readonly #refused = new Map<string, number>();

  constructor(options: ClusterStoreOptions) {
    const { rest, network, serves } = options;
    const onChange = (): void => options.onChange(false);
    this.#options = options;
    this.egressIPAMs = new Collection(rest, resources.egressIPAMs, readEgressIPAM, onChange, options);
    this.namespaces = new Collection<NamespaceSnapshot>(rest, resources.namespaces, readTenantNamespace, onChange, options, (namespace) => this.#noteDeparture(namespace));
    this.nodes = new Collection<NodeSnapshot>(rest, resources.nodes, readNode, () => options.onChange(true), options, (node) => this.#departedNodes.note(node));
    const onSdn = network.kind === 'openshift-sdn';
    this.hostSubnets = onSdn ? new Collection(rest, resources.hostSubnets, readHostSubnet, onChange, options) : undefined;
    this.netNamespaces = onSdn ? new Collection(rest, resources.netNamespaces, readNetNamespace, onChange, options) : undefined;
    this.egressIPs = onSdn ? undefined : new Collection(rest, resources.egressIPs, readEgressIP, onChange, options);
    this.#cloudPrivateIPConfigs = serves.cloudPrivateIPConfigs ? new Collection(rest, resources.cloudPrivateIPConfigs, readCloudPrivateIPConfig, onChange, options) : undefined;
    this.#infrastructures = serves.infrastructures ? new Collection(rest, resources.infrastructures, readNamedInfrastructure, onChange, options) : undefined;
  }

  /** Every kind that is watched. */
  get collections(): readonly Pick<Collection<never>, 'kind' | 'hasSynced' | 'failingSince' | 'start' | 'stop' | 'refresh' | 'sequence' | 'problems'>[] {
    return [this.egressIPAMs, this.namespaces, this.nodes, this.hostSubnets, this.netNamespaces, this.egressIPs, this.#cloudPrivateIPConfigs, this.#infrastructures].filter((collection) => collection !== undefined);
  }

  /** The kinds that have not been read yet. */
  get unsynced(): readonly string[] {
    return this.collections.filter(({ hasSynced }) => !hasSynced).map(({ kind }) => kind);
  }

  /** The network that this store was made for. */
  get network(): NetworkSnapshot {
    return this.#options.network;
  }

  /** Whether the cluster's own controller attaches addresses (OpenShift 4.10 and later). */
  get clusterAttaches(): boolean {
    return this.#cloudPrivateIPConfigs !== undefined && this.nodes.list().some(({ egressIPConfig }) => egressIPConfig !== undefined);
  }

  /** The nodes, and those that went away while their machines may still carry addresses. */
  get machines(): readonly NodeSnapshot[] {
    return this.#options.remembersNodes && !this.clusterAttaches ? this.#departedNodes.with(this.nodes.list()) : this.nodes.list();
  }

  /** Forgets nodes that went away and of which nothing is left. */
  forgetDepartedNodes(isEmpty: (name: string) => boolean): void {
    this.#departedNodes.forget(isEmpty);
  }

  /** What is wrong in objects that were read. */
  get problems(): readonly Finding[] {
    return this.collections.flatMap(({ problems }) => problems);
  }

  /** What the cluster runs on, as it says itself. */
  get infrastructure(): InfrastructureSnapshot {
    return this.#infrastructures?.list().find(({ name }) => name === 'cluster')?.infrastructure ?? { virtualIPs: [] };
  }

  /** The cluster as it is known now. */
  snapshot(provider: ProviderSnapshot): ClusterSnapshot {
    const { unsynced } = this;
    const base = buildSnapshot({});
    return {
      ...base,
      time: new Date(this.#options.now()).toISOString(),
      ...(unsynced.length > 0 ? { unsynced } : {}),
      network: this.#options.network,
      infrastructure: this.infrastructure,
      provider,
      egressIPAMs: this.egressIPAMs.list(),
      namespaces: this.namespaces.list(),
      nodes: this.machines,
      hostSubnets: this.hostSubnets?.list() ?? [],
      netNamespaces: this.netNamespaces?.list() ?? [],
      egressIPs: this.egressIPs?.list() ?? [],
      cloudPrivateIPConfigs: this.#cloudPrivateIPConfigs?.list() ?? [],
      ...this.#noteRefusals(),
      departed: this.#notRememberedYet(),
    };
  }

  /** What the cloud would not attach is left alone for a while, when the object that says so is long gone. */
  #noteRefusals(): Pick<ClusterSnapshot, 'refused'> {
    const now = this.#options.now();
    for (const config of this.#cloudPrivateIPConfigs?.list() ?? []) {
      if (isCloudRefusal(config)) this.#refused.set(config.name, now + rememberRefusal);
      else if (config.assigned === 'True') this.#refused.delete(config.name);
    }
    for (const [name, until] of this.#refused) if (until < now) this.#refused.delete(name);
    if (this.#refused.size === 0) return {};
    const held = new Set(this.egressIPs?.list().flatMap(({ egressIPs }) => egressIPs.map(parseAddress)));
    const refused = [...this.#refused.keys()].map(addressOfConfig).filter((address) => !held.has(parseAddress(address))).sort();
    return refused.length === 0 ? {} : { refused };
  }

  /** A namespace went away; one that came and went between two looks, too. */
  #noteDeparture({ name, allocated, egressIPs, egressIPAM }: NamespaceSnapshot): void {
    const addresses = (allocated?.slice(allocated.indexOf('/') + 1) ?? egressIPs ?? '').split(',').filter((text) => text !== '');
    if (egressIPAM === undefined || addresses.length === 0) return;
    this.#departed = [...this.#departed.filter(({ namespace }) => namespace !== name), { namespace: name, egressIPAM, addresses }].slice(-mostDeparted);
  }

  /** Claims of namespaces that went away while they were watched, until an EgressIPAM's status remembers them. */
  #notRememberedYet(): readonly DepartedClaim[] {
    if (this.#departed.length === 0) return this.#departed;
    // Without its EgressIPAM there is nobody to remember it.
    const pools = new Set(this.egressIPAMs.list().flatMap(({ name, deletedAt }) => (deletedAt === undefined ? [name] : [])));
    if (this.#departed.some(({ egressIPAM }) => !pools.has(egressIPAM))) this.#departed = this.#departed.filter(({ egressIPAM }) => pools.has(egressIPAM));
    const remembered = new Set(this.egressIPAMs.list().flatMap(({ released = [] }) => released.map(({ namespace }) => namespace)));
    if (this.#departed.some(({ namespace }) => remembered.has(namespace))) this.#departed = this.#departed.filter(({ namespace }) => !remembered.has(namespace));
    return this.#departed;
  }
}

/** The address in the name of a CloudPrivateIPConfig: IPv6 has dots there. */
function addressOfConfig(name: string): string {
  return /^([0-9a-f]{4}\.){7}[0-9a-f]{4}$/.test(name) ? name.replaceAll('.', ':') : name;
}

interface NamedInfrastructure {
  readonly name: string;
  readonly infrastructure: InfrastructureSnapshot;
}

function readNamedInfrastructure(object: unknown): Read<NamedInfrastructure> {
  const read = readInfrastructure(object);
  const named = readNode(object);
  if (!read.ok || !named.ok) return { ok: false, problems: read.problems };
  return { ok: true, value: { name: named.value.name, infrastructure: read.value }, problems: read.problems };
}
