import type { Finding } from '../finding/finding.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { NetworkKind } from '../network-contract/kind.ts';
import type { ProviderDescription } from '../provider-contract/contract.ts';
import type { UsedAddress } from '../provider-contract/observation.ts';
import { plain } from '../plain/plain-network.ts';
import { buildSnapshot } from '../snapshot/build-snapshot.ts';
import type { Read } from '../finding/read.ts';
import { asRecord } from '../snapshot/object-reader.ts';
import { readEgressIPAM } from '../snapshot/read-egress-ipam.ts';
import { readClusterNetworks } from '../snapshot/read-cluster-networks.ts';
import { readServiceAddresses } from '../snapshot/read-service.ts';
import { readInfrastructure } from '../snapshot/read-infrastructure.ts';
import { readNamespace } from '../snapshot/read-namespace.ts';
import { readNode } from '../snapshot/read-node.ts';
import type {
  ClusterSnapshot,
  EgressIPAMSnapshot,
  InfrastructureSnapshot,
  NamespaceSnapshot,
  NetworkEntry,
  NodeSnapshot,
} from '../snapshot/snapshot.ts';
import { cidrsOf } from './platform-objects.ts';
import { PlatformReading } from './platform-reading.ts';

/** Objects read to a snapshot, and what is wrong in them. */
export interface ObjectsRead {
  readonly snapshot: ClusterSnapshot;
  readonly problems: readonly Finding[];
}

/** Who attaches addresses in the cluster that objects are of. */
export interface ReadOptions {
  /** What serves under the nodes. Where its platform stands in objects, it is read from these. */
  readonly provider?: ProviderDescription;
  /** The namespace that the operator is in; without it, nothing is read of what is there. */
  readonly operatorNamespace?: string;
}

/**
 * Reads Kubernetes objects, as `kubectl get -o json` prints them, to a snapshot. Lists (`kind: List`) are read item by
 * item; kinds that matter to nobody here are passed over. Never throws.
 *
 * @param backend the network's back end; without one, placements are all that is planned
 *
 * @example
 * ```ts
 * import { plan, readObjects } from '@egressip-ipam/core';
 * import { readFileSync } from 'node:fs';
 *
 * const { snapshot, problems } = readObjects([JSON.parse(readFileSync('cluster.json', 'utf8'))]);
 * console.log(problems, plan(snapshot).allocations);
 * ```
 */
export function readObjects(
  objects: readonly unknown[],
  backend: NetworkBackend = plain,
  options: ReadOptions = {},
): ObjectsRead {
  const reading = new Reading(backend, options);
  for (const object of objects) reading.take(object);
  return reading.result();
}

class Reading {
  readonly #backend: NetworkBackend;
  readonly #kinds: ReadonlyMap<string, NetworkKind>;
  readonly #problems: Finding[] = [];
  readonly #egressIPAMs: EgressIPAMSnapshot[] = [];
  readonly #namespaces: NamespaceSnapshot[] = [];
  readonly #nodes: NodeSnapshot[] = [];
  readonly #entries: Record<string, NetworkEntry[]> = {};
  readonly #clusterNetworks: string[] = [];
  readonly #serviceAddresses: UsedAddress[] = [];
  readonly #platform: PlatformReading | undefined;
  #infrastructure: InfrastructureSnapshot | undefined;

  constructor(backend: NetworkBackend, { provider, operatorNamespace }: ReadOptions) {
    this.#backend = backend;
    this.#kinds = new Map(backend.kinds.map((kind) => [kind.resource.kind, kind]));
    this.#platform = provider === undefined ? undefined : new PlatformReading(provider, operatorNamespace);
  }

  take(object: unknown): void {
    const { kind, items } = asRecord(object);
    if (typeof kind !== 'string') return;
    if (kind.endsWith('List') && Array.isArray(items)) {
      // Items of a typed list may leave their kind to it.
      const itemKind = kind === 'List' ? {} : { kind: kind.slice(0, -'List'.length) };
      for (const item of items) this.take({ ...itemKind, ...asRecord(item) });
      return;
    }
    this.#platform?.take(kind, object);
    switch (kind) {
      case 'EgressIPAM':
        return this.#note(readEgressIPAM(object), this.#egressIPAMs);
      case 'Namespace':
        return this.#note(readNamespace(object), this.#namespaces);
      case 'Node':
        return this.#note(readNode(object, this.#backend.nodeAnnotations), this.#nodes);
      case 'Infrastructure': {
        const read = readInfrastructure(object);
        this.#problems.push(...read.problems);
        if (read.ok) this.#infrastructure = read.value;
        return;
      }
      case 'Network':
      case 'ServiceCIDR':
        for (const cidr of readClusterNetworks(object)) this.#clusterNetworks.push(cidr);
        return;
      case 'Service':
        for (const use of readServiceAddresses(object)) this.#serviceAddresses.push(use);
        return;
      default: {
        const reader = this.#kinds.get(kind);
        if (reader !== undefined) this.#note(reader.read(object), (this.#entries[kind] ??= []));
      }
    }
  }

  result(): ObjectsRead {
    const platform = this.#platform?.result({ nodes: this.#nodes, cidrs: cidrsOf(this.#egressIPAMs) });
    const refused = this.#egressIPAMs.flatMap((egressIPAM) => egressIPAM.refused ?? []);
    const snapshot = buildSnapshot({
      network: { name: this.#backend.name, objects: this.#entries },
      ...(this.#infrastructure === undefined ? {} : { infrastructure: this.#infrastructure }),
      ...(this.#clusterNetworks.length === 0 ? {} : { clusterNetworks: this.#clusterNetworks }),
      ...(this.#serviceAddresses.length === 0 ? {} : { serviceAddresses: this.#serviceAddresses }),
      egressIPAMs: this.#egressIPAMs,
      namespaces: this.#namespaces,
      nodes: this.#nodes,
      ...(refused.length === 0 ? {} : { refused: refused.map(({ address }) => address) }),
      ...(platform === undefined ? {} : { provider: platform.provider }),
    });
    return { snapshot, problems: [...this.#problems, ...(platform?.problems ?? [])] };
  }

  #note<Value>(read: Read<Value>, into: Value[]): void {
    this.#problems.push(...read.problems);
    if (read.ok) into.push(read.value);
  }
}
