import { familyOf, type Address } from '../address/address.ts';
import type { EgressIPAMDecision, NetworkDecisions } from './decisions.ts';
import type { NetworkFacts } from './facts.ts';

const none: readonly never[] = [];

/**
 * What a network that chooses nodes itself may do with one: `used`, put addresses there; `needed`, it should have none,
 * but carries what no other node can take; `dismissed`, it is to be kept from it.
 */
export type NodeUse = 'used' | 'needed' | 'dismissed';

/**
 * Which nodes a network that places by itself is to be given. A node that is about to go, or belongs to no EgressIPAM
 * any more, is dismissed once others can take all that it carries; a cordoned one once it carries nothing.
 */
export class NodeUses {
  readonly #decisions: NetworkDecisions;
  readonly #facts: NetworkFacts;
  readonly #takersOf: (address: Address) => readonly string[] | undefined;
  readonly #stuck = new Map<string, readonly Address[]>();
  /** Where addresses of dismissed nodes are taken to go. */
  readonly #moved = new Map<Address, string>();
  #carried: ReadonlyMap<string, readonly Address[]> | undefined;
  readonly #gains = new Map<string, Address[]>();
  /** By EgressIPAM: the nodes of its CIDR assignments that have no node for anything new. */
  readonly #awaited = new Map<EgressIPAMDecision, ReadonlySet<string>>();

  /**
   * @param takersOf the nodes that may take an address that is in no CIDR of its namespace's EgressIPAM any more, where
   *   the network binds it to some; undefined, or absent: any of that EgressIPAM
   */
  constructor(
    decisions: NetworkDecisions,
    facts: NetworkFacts,
    takersOf: (address: Address) => readonly string[] | undefined = () => undefined,
  ) {
    this.#decisions = decisions;
    this.#facts = facts;
    this.#takersOf = takersOf;
  }

  /** What the network may do with a node. */
  of(node: string): NodeUse {
    const egressIPAM = this.#decisions.egressIPAMOfNode(node);
    const standing = this.#decisions.standingOf(node);
    if (egressIPAM !== undefined && !egressIPAM.deleting && standing !== 'leaving') {
      const isIdle = standing === 'cordoned' && this.carriedOn(node).length === 0;
      return isIdle && !this.#isAwaitedOn(node, egressIPAM) ? 'dismissed' : 'used';
    }
    return this.stuckOn(node).length > 0 ? 'needed' : 'dismissed';
  }

  /** Whether some CIDR assignment of a node has no node that may take anything new. */
  #isAwaitedOn(node: string, egressIPAM: EgressIPAMDecision): boolean {
    let awaited = this.#awaited.get(egressIPAM);
    if (awaited === undefined) {
      const without = egressIPAM.assignments.filter(({ candidates }) => candidates.length === 0);
      this.#awaited.set(egressIPAM, (awaited = new Set(without.flatMap(({ selected }) => selected))));
    }
    return awaited.has(node);
  }

  /** What a node carries. */
  carriedOn(node: string): readonly Address[] {
    this.#carried ??= carriedByNode(this.#facts);
    return this.#carried.get(node) ?? none;
  }

  /** What a node carries that no other can take, if it had to give up all. */
  stuckOn(node: string): readonly Address[] {
    let stuck = this.#stuck.get(node);
    if (stuck === undefined) this.#stuck.set(node, (stuck = this.#giveUp(node)));
    return stuck;
  }

  #giveUp(node: string): readonly Address[] {
    const carried = this.carriedOn(node);
    const stuck = carried.filter((address) => !this.#move(address, node));
    // It keeps all then, so that nobody else has to take any.
    if (stuck.length > 0) for (const address of carried) this.#stay(address);
    return stuck;
  }

  /** Finds another node for an address; one that no claim has any more needs none. */
  #move(address: Address, node: string): boolean {
    const claim = this.#decisions.claimWith(address);
    if (claim === undefined) return true;
    const { egressIPAM } = claim;
    if (egressIPAM === undefined) return false;
    const busy = new Set(claim.addresses.map((sibling) => this.#moved.get(sibling) ?? this.#decisions.hostOf(sibling)));
    const candidates =
      this.#decisions.assignmentOf(egressIPAM, address)?.candidates ??
      this.#takersOf(address) ??
      egressIPAM.assignments.flatMap((entry) => entry.candidates);
    const taker = candidates.find(
      (other) =>
        other !== node &&
        !busy.has(other) &&
        this.#decisions.canHost(other, address) &&
        this.#hasRoom(other, familyOf(address)),
    );
    if (taker === undefined) return false;
    this.#moved.set(address, taker);
    const gains = this.#gains.get(taker);
    if (gains === undefined) this.#gains.set(taker, [address]);
    else gains.push(address);
    return true;
  }

  #stay(address: Address): void {
    const taker = this.#moved.get(address);
    if (taker === undefined) return;
    this.#moved.delete(address);
    const gains = this.#gains.get(taker) ?? [];
    gains.splice(gains.indexOf(address), 1);
  }

  #hasRoom(node: string, family: 4 | 6): boolean {
    const { ipv4, ipv6, total } = this.#facts.nodeOf(node).capacity;
    if (total === Infinity && (family === 4 ? ipv4 : ipv6) === Infinity) return true;
    const there = [...this.carriedOn(node), ...(this.#gains.get(node) ?? none)];
    const ofFamily = there.filter((address) => familyOf(address) === family).length;
    return ofFamily < (family === 4 ? ipv4 : ipv6) && there.length < total;
  }
}

function carriedByNode({ hosts }: NetworkFacts): ReadonlyMap<string, readonly Address[]> {
  const carried = new Map<string, Address[]>();
  for (const { hosted } of hosts) {
    for (const { address, node, state } of hosted) {
      if (state !== 'shown') continue;
      const list = carried.get(node);
      if (list === undefined) carried.set(node, [address]);
      else list.push(address);
    }
  }
  return carried;
}
