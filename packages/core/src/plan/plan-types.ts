import type { Finding } from '../finding/finding.ts';
import type { RefusedAddress, ReleasedAddresses } from '../snapshot/snapshot.ts';
import type { AddedAddresses, AllocationSource } from '../allocate/allotment.ts';
import type { Step } from '../network-contract/step.ts';

/** A namespace's addresses, one per CIDR assignment, and the nodes that carry them. */
export interface Allocation {
  readonly namespace: string;
  readonly egressIPAM: string;
  readonly source: AllocationSource;
  /** Of one that keeps some of its addresses: the others, until they are written down. */
  readonly added?: AddedAddresses<string>;
  /** In the order of the annotation, canonical text. */
  readonly addresses: readonly string[];
  /**
   * The placement of each address, in the same order: the node that carries it or
   * will carry it. `null`: no node can, or the network chooses and has not said.
   */
  readonly nodes: readonly (string | null)[];
  /**
   * Whether every address carries the namespace's traffic: bound, on a node that is Ready, on its interface where
   * needed.
   */
  readonly carried: boolean;
  /** What carries the traffic where not all of them do: some of them, or addresses that stay until these carry it. */
  readonly carrying?: readonly string[];
  /**
   * Addresses that carry nothing although the network sends traffic out by them: the interfaces of their nodes lack
   * them, so that it is dropped there.
   */
  readonly unattached?: readonly string[];
  /** What the network has made of the addresses, in its own word, where it has any. */
  readonly state?: string;
}

/** A claim that is not served yet. */
export interface WaitingClaim {
  readonly namespace: string;
  readonly egressIPAM: string;
  /** The finding that says why. */
  readonly reason: Finding;
  /**
   * Who can mend it: the owner of the namespace, by what the annotation asks for, or whoever looks after the cluster.
   */
  readonly mender: 'owner' | 'cluster';
}

/** Usage of one CIDR assignment. Numbers of addresses; text where a number may exceed 2⁵³. */
export interface CidrUsage {
  readonly cidr: string;
  readonly labelValue: string;
  /** Addresses in the CIDR, decimal text. */
  readonly total: string;
  /** Addresses not handed out (reserved, network, broadcast, in use by others, all that drains), decimal text. */
  readonly reserved: string;
  /** Addresses that namespaces hold. */
  readonly allocated: number;
  /** Addresses that can still be handed out, decimal text. */
  readonly free: string;
  /**
   * It gives out nothing: it drains, its EgressIPAM is being deleted, the network does not carry its family, or no node
   * is its own.
   */
  readonly closed?: true;
  /** Allocated addresses that have a node. */
  readonly placed: number;
  /** Allocated addresses that carry traffic. */
  readonly carried: number;
  /** Addresses that the eligible nodes can carry; absent means no limit. */
  readonly capacity?: number;
  /** Eligible nodes. */
  readonly nodes: readonly string[];
  /** Those of `nodes` that take what they do not carry yet; absent means all of them. */
  readonly takers?: readonly string[];
  /** How many of these have a subnet with an allocated address, where that is fewest; absent means all of them. */
  readonly fewestTakers?: number;
}

/** What a plan says of one EgressIPAM. */
export interface EgressIPAMReport {
  readonly name: string;
  readonly generation?: number;
  readonly deleting: boolean;
  readonly cidrs: readonly CidrUsage[];
  /** Namespaces that claim from it. */
  readonly claims: number;
  /** Those that have all that they should. */
  readonly served: number;
  /** Those all of whose addresses carry traffic. */
  readonly carried: number;
  /** Those that wait. */
  readonly waiting: number;
  /** Of these: those that wait for what their owner has to mend. */
  readonly refused: number;
  /** Namespaces with addresses, by the network's word for their state, where it has any. */
  readonly states?: Readonly<Record<string, number>>;
  /** `status.released` as it should be. */
  readonly released: readonly ReleasedAddresses[];
  /** What was given back, too, and finds no room there until something else has cooled down. */
  readonly late?: readonly ReleasedAddresses[];
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

/** A table of the network's own. */
export interface TableReport {
  readonly table: string;
  /** What is taken of it, by pods as they are counted or reckoned. */
  readonly entries: number;
  /** Namespaces with entries whose pods are reckoned, as they were not counted. */
  readonly uncounted: number;
  readonly size: number;
}

/** Everything decided from one snapshot. Plain JSON; the same snapshot gives the same plan, byte for byte. */
export interface Plan {
  readonly formatVersion: 2;
  /** Who has which addresses, and where; in the order of the snapshot's namespaces. */
  readonly allocations: readonly Allocation[];
  /** Claims not served, oldest first. */
  readonly waiting: readonly WaitingClaim[];
  /** From what is to what should be. */
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
  readonly egressIPAMs: readonly EgressIPAMReport[];
  readonly nodes: readonly NodeReport[];
  /** Tables of the network's own that can become full. */
  readonly tables?: readonly TableReport[];
  /**
   * Addresses that the network or the cloud would not put anywhere just now: to be remembered for a while, and given to
   * a snapshot as `refused`.
   */
  readonly refused?: readonly Omit<RefusedAddress, 'since'>[];
  /** When to plan again though nothing changes: the next end of a cool-down, RFC 3339. */
  readonly wakeAt?: string;
}
