import type { Address } from '../address/address.ts';
import type { Cidr } from '../address/cidr.ts';
import type { LabelSelector } from '../snapshot/snapshot.ts';
import type { Destinations } from './destinations.ts';
import type { BindingFacts, HostedAddress } from './facts.ts';
import type { Precondition } from './step.ts';
import type { PlacementMode } from './traits.ts';

/** What was decided about a namespace, as a back end sees it. */
export interface ClaimDecision {
  readonly namespace: string;
  /** The EgressIPAM that serves it; undefined where there is none of that name, or it opted out. */
  readonly egressIPAM: EgressIPAMDecision | undefined;
  /** What it has, in the order of its annotation. */
  readonly addresses: readonly Address[];
  /** The back end's own facts of what the network sends its traffic out by. */
  readonly binding: BindingFacts | undefined;
  /** What it gives back. */
  readonly leaving: readonly Address[];
  /** Everything of it goes: opt-out, or the end of its EgressIPAM. */
  readonly releases: boolean;
  /**
   * Whether, as mostly, each of its addresses is known to be hosted by the node that it is placed on, and by no
   * decision of this plan.
   */
  readonly isInPlace: boolean;
}

/** A CIDR assignment with its nodes. */
export interface AssignmentDecision {
  readonly cidr: Cidr;
  readonly labelValue: string;
  /** Its position in `spec.cidrAssignments`. */
  readonly position: number;
  /** The nodes that the EgressIPAM and the topology value select, whatever their state. */
  readonly selected: readonly string[];
  /** Those that may take more addresses. */
  readonly candidates: readonly string[];
}

/** An EgressIPAM as a back end sees it. */
export interface EgressIPAMDecision {
  readonly name: string;
  readonly deleting: boolean;
  readonly placement: PlacementMode;
  readonly topologyLabel: string;
  readonly nodeSelector?: LabelSelector;
  readonly assignments: readonly AssignmentDecision[];
  /** Undefined where they cannot be read: what is there stays, and what is new goes everywhere. */
  readonly destinations: Destinations | undefined;
  /** How many pods a namespace is reckoned to have. */
  readonly podsPerNamespace: number;
}

/**
 * What is asked of a node: `open`, to take and keep addresses; `cordoned`, to keep what it has and take nothing new;
 * `leaving`, to take nothing new and be emptied while it still works.
 */
export type NodeStanding = 'open' | 'cordoned' | 'leaving';

/** Everything that was decided, for a back end to render. */
export interface NetworkDecisions {
  readonly claims: readonly ClaimDecision[];
  readonly claimOf: (namespace: string) => ClaimDecision | undefined;
  /** The claim that has an address; undefined where nobody in our care has it. */
  readonly claimWith: (address: Address) => ClaimDecision | undefined;
  readonly egressIPAMs: readonly EgressIPAMDecision[];
  /** The EgressIPAM that has a node. */
  readonly egressIPAMOfNode: (node: string) => EgressIPAMDecision | undefined;
  /** What is asked of a node, whether it is Ready or not; one that is gone is leaving. */
  readonly standingOf: (node: string) => NodeStanding;
  /** The CIDR assignment of an EgressIPAM that has an address. */
  readonly assignmentOf: (egressIPAM: EgressIPAMDecision, address: Address) => AssignmentDecision | undefined;
  /** The node that an address is placed on: where we place, the one it is to be on, else where the network has it. */
  readonly nodeOf: (address: Address) => string | undefined;
  /** The node that the network shows or may show as an address's host. */
  readonly hostOf: (address: Address) => string | undefined;
  /** What the network hosts that no namespace has, or that it hosts on another node, too. */
  readonly stray: readonly HostedAddress[];
  /** Whether more than one node hosts an address. */
  readonly isHostedTwice: (address: Address) => boolean;
  /** Whether an address is on our record. */
  readonly isRecorded: (address: Address) => boolean;
  /** Whether an address is ours and no namespace has it any more. */
  readonly isLeaving: (address: Address) => boolean;
  /** Whether the traffic of a namespace outside our care is bound to an address. */
  readonly isBoundByOthers: (address: Address) => boolean;
  /** Whether that namespace is there, so that its pods may leave by the address. */
  readonly isUsedByOthers: (address: Address) => boolean;
  /** Whether something else than the namespace that has an address uses it, too. */
  readonly isContested: (address: Address) => boolean;
  /** Whether a node's interface carries an address, where this project attaches. */
  readonly isAttachedTo: (address: Address, node: string) => boolean;
  /** Whether any node's interface carries an address, or half of one. */
  readonly isAttached: (address: Address) => boolean;
  /** Whether a node's subnets have an address. */
  readonly canHost: (node: string, address: Address) => boolean;
  readonly order: StepOrder;
}

/** What core wants to have happened before a back end's own steps (laws 7 and 9). */
export interface StepOrder {
  /** Before an address is put on a node, or an object says so. */
  readonly beforeHosting: (address: Address) => readonly Precondition[];
  /** Before traffic is bound to an address that a node has already. Attaching is added by core itself. */
  readonly beforeBinding: (address: Address) => readonly Precondition[];
  /** Before the last trace of an address leaves the network's objects. */
  readonly beforeForgetting: (address: Address) => readonly Precondition[];
}
