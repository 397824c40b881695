import type { Address } from '../address/address.ts';
import type { Cidr } from '../address/cidr.ts';
import { parseEgressIPConfig } from '../network-contract/egress-ip-config.ts';
import { egressIPConfigAnnotation } from '../snapshot/names.ts';
import type { NodeSnapshot } from '../snapshot/snapshot.ts';
import { parseAddresses, parseCidrs } from './parse-lists.ts';

/**
 * Taints of nodes that are about to go (cluster-autoscaler, Kubernetes' out-of-service, cloud providers, Karpenter).
 */
const leavingTaints: ReadonlySet<string> = new Set([
  'ToBeDeletedByClusterAutoscaler',
  'node.kubernetes.io/out-of-service',
  'node.cloudprovider.kubernetes.io/shutdown',
  'karpenter.sh/disrupted',
  'karpenter.sh/disruption',
]);

/** A node with its texts parsed. */
export interface ParsedNode {
  readonly name: string;
  readonly source: NodeSnapshot;
  /** The node's own addresses, from `status.addresses`. */
  readonly addresses: readonly Address[];
  readonly podNetworks: readonly Cidr[];
  /** The subnets of its interface as the cluster announces them; undefined where nothing is announced. */
  readonly announced: readonly Cidr[] | undefined;
  /** Whether it is about to go: what it carries moves while it still works. */
  readonly isLeaving: boolean;
  /** Whether it may take what it does not carry yet. */
  readonly takesNew: boolean;
}

/** Parses a node; nothing in it makes it throw. */
export function parseNode(source: NodeSnapshot): ParsedNode {
  const isLeaving = isNodeLeaving(source);
  return {
    name: source.name,
    source,
    addresses: parseAddresses(source.addresses),
    podNetworks: parseCidrs(source.podCIDRs ?? []),
    announced: parseEgressIPConfig(source.annotations?.[egressIPConfigAnnotation] ?? '')?.subnets,
    isLeaving,
    takesNew: !isLeaving && source.unschedulable !== true,
  };
}

/** Whether a node is about to go, as its deletion or a taint says. */
export function isNodeLeaving({ deletedAt, taints }: Pick<NodeSnapshot, 'deletedAt' | 'taints'>): boolean {
  return deletedAt !== undefined || taints?.some((taint) => leavingTaints.has(taint)) === true;
}
