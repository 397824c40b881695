import type { LabelSelector } from '../snapshot/snapshot.ts';

/**
 * Who decides which node carries an address: `us`, this project; `us-by-cidr`, this project gives nodes the CIDR and
 * the network chooses among them; `network`, the network alone.
 */
export type PlacementMode = 'us' | 'us-by-cidr' | 'network';

/** What core asks of a network in place of its name. */
export interface NetworkTraits {
  /** The address families that it carries. */
  readonly families: readonly (4 | 6)[];
  /** Who places the addresses of an EgressIPAM. */
  readonly placement: (egressIPAM: PlacementSubject) => PlacementMode;
  /**
   * Whether traffic that is bound to an address is carried, or dropped, by that address from then on. Where not, being
   * bound is no promise before a node has the address.
   */
  readonly boundCarries: boolean;
  /**
   * Whether an object of ours proves an allocation (law 11). Where a network has no objects, the annotation has to do.
   */
  readonly provesAllocations: boolean;
  /**
   * When an address goes on an interface, where this project attaches: `after-hosting`, the network's own record
   * comes first and is the ledger; `before-hosting`, the network wants it there first.
   */
  readonly attach: 'after-hosting' | 'before-hosting';
  /**
   * Whether the node's own kernel has to answer for an address, and the network leaves that to others: `needed`, it
   * carries nothing else; `optional`, it does so itself where nobody else does. Absent: that is the network's business.
   */
  readonly addressOnNode?: 'needed' | 'optional';
  /**
   * Whether traffic to some destinations alone can leave by an address. Absent: all does, and who asks for less is
   * told.
   */
  readonly choosesDestinations?: true;
  /**
   * For how many milliseconds the network may send on by an address after its objects say otherwise: what leaves stays
   * on its interface for as long. Absent: not at all, or it tells.
   */
  readonly sendsOn?: number;
  /** Whether objects of ours carry the name of their EgressIPAM as a label, so that it has to fit in one. */
  readonly namesInLabels?: true;
  /** Whether the network can be told which nodes may carry an address. */
  readonly pinsNodes: boolean;
}

/** What of an EgressIPAM may matter to who places. */
export interface PlacementSubject {
  readonly name: string;
  readonly cidrs: number;
  readonly nodeSelector?: LabelSelector;
}
