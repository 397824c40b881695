import type { Finding } from '../finding/finding.ts';
import type { ReleasedAddresses } from '../snapshot/snapshot.ts';
import type { Step } from './step.ts';

/**
 * How a namespace came to its addresses: `kept` from its annotation or from what
 * already carries its traffic, `input` asked for by its owner, `returned` to it
 * after a short absence, `new` the lowest free ones.
 */
export type AllocationSource = 'kept' | 'input' | 'returned' | 'new';

/**
 * What OVN-Kubernetes has made of a namespace's addresses: `Allocated`, there is no
 * EgressIP for them yet; `Assigned`, nodes carry all of them; `PartiallyAssigned`, some;
 * `Unassigned`, none: its traffic leaves with node addresses; `Conflict`, somebody else
 * has one of them too.
 */
export type AssignmentState = 'Allocated' | 'Assigned' | 'PartiallyAssigned' | 'Unassigned' | 'Conflict';

/** A namespace's addresses, one per CIDR assignment, and the nodes that carry them. */
export interface Allocation {
  readonly namespace: string;
  readonly egressIPAM: string;
  readonly source: AllocationSource;
  /** In the order of the annotation, canonical text. */
  readonly addresses: readonly string[];
  /**
   * The placement of each address, in the same order: the node that carries it or
   * will carry it. `null`: no node can, or the network chooses and has not said.
   */
  readonly nodes: readonly (string | null)[];
  /** On OVN-Kubernetes. */
  readonly state?: AssignmentState;
}

/** A claim that is not served yet. */
export interface WaitingClaim {
  readonly namespace: string;
  readonly egressIPAM: string;
  /** The finding that says why. */
  readonly reason: Finding;
}

/** Usage of one CIDR assignment. Numbers of addresses; text where a number may exceed 2⁵³. */
export interface CidrUsage {
  readonly cidr: string;
  readonly labelValue: string;
  /** Addresses in the CIDR, decimal text. */
  readonly total: string;
  /** Addresses never handed out (reserved, network, broadcast, in use by others), decimal text. */
  readonly reserved: string;
  /** Addresses that namespaces hold. */
  readonly allocated: number;
  /** Addresses that can still be handed out, decimal text. */
  readonly free: string;
  /** Allocated addresses that a node carries. */
  readonly placed: number;
  /** Addresses that the eligible nodes can carry; absent means no limit. */
  readonly capacity?: number;
  /** Eligible nodes. */
  readonly nodes: readonly string[];
}

/** What a plan says of one EgressIPAM. */
export interface EgressIPAMReport {
  readonly name: string;
  readonly generation?: number;
  readonly deleting: boolean;
  readonly cidrs: readonly CidrUsage[];
  /** Namespaces served. */
  readonly served: number;
  /** Namespaces waiting. */
  readonly waiting: number;
  /** On OVN-Kubernetes: namespaces with addresses, by state. */
  readonly states?: Readonly<Record<AssignmentState, number>>;
  /** `status.released` as it should be. */
  readonly released: readonly ReleasedAddresses[];
}

/** A node's load. */
export interface NodeReport {
  readonly node: string;
  /** The EgressIPAM that has the node. */
  readonly egressIPAM: string;
  /** Addresses it carries, or will carry. */
  readonly placed: number;
  /** Addresses of ours that it can carry; absent means no limit. */
  readonly capacity?: number;
}

/** Everything decided from one snapshot. Plain JSON; the same snapshot gives the same plan, byte for byte. */
export interface Plan {
  readonly formatVersion: 1;
  /** Who has which addresses, and where; in the order of the snapshot's namespaces. */
  readonly allocations: readonly Allocation[];
  /** Claims not served, oldest first. */
  readonly waiting: readonly WaitingClaim[];
  /** From what is to what should be. */
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
  readonly egressIPAMs: readonly EgressIPAMReport[];
  readonly nodes: readonly NodeReport[];
  /** When to plan again though nothing changes: the next end of a cool-down, RFC 3339. */
  readonly wakeAt?: string;
}
