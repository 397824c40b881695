import { formatAddress, type Address } from '../address/address.ts';
import type { Allotment } from '../allocate/allotment.ts';
import type { Claim } from '../claims/claim.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { NodeIndex, Slot } from '../ledger/indexes.ts';
import type { Rendering } from '../network-contract/backend.ts';
import { sameInOrder } from '../parse/parse-lists.ts';
import type { Pool } from '../place/pool.ts';
import { nodeAt, poolOf, type Decided } from '../render/decided.ts';
import { LastAllocations, type Said } from './last-allocations.ts';
import type { Allocation, WaitingClaim } from './plan-types.ts';
import { menderOf } from './whose-to-mend.ts';

/** What allocations of one EgressIPAM come to. */
export interface PoolCounts {
  claims: number;
  served: number;
  carried: number;
  waiting: number;
  refused: number;
  readonly states: Map<string, number>;
  /** By CIDR assignment. */
  readonly assignments: {
    allocated: number;
    placed: number;
    carried: number;
    /** Of the addresses that not all of its nodes can carry: how few can at the least. */
    fewestTakers: number;
  }[];
}

/** Who has which addresses, and what that comes to. */
export interface ReportedAllocations {
  /** By allotment; undefined where a namespace has nothing. */
  readonly allocations: Said['allocations'];
  readonly countsOf: (pool: Pool) => PoolCounts;
  /** How many addresses a node carries, or is to carry. */
  readonly placedOn: (node: NodeIndex) => number;
}

/**
 * Writes down who has what, and where.
 *
 * @param last what the last plan decided and said: what is as it was is the same object again
 */
export function reportAllocations(decided: Decided, rendering: Rendering, last: Said): ReportedAllocations {
  const reporter = new Reporter(decided, rendering, new LastAllocations(last));
  const allocations = decided.allotments.map((allotment) => reporter.report(allotment));
  return { allocations, countsOf: (pool) => reporter.countsOf(pool), placedOn: (node) => reporter.placedOn(node) };
}

/** Claims that are not served, oldest first. */
export function reportWaiting(allotments: readonly Allotment[]): readonly WaitingClaim[] {
  const waiting = allotments.filter((allotment) => allotment.waiting !== undefined);
  waiting.sort(
    ({ claim: a }, { claim: b }) =>
      a.namespace.createdAt - b.namespace.createdAt || (a.namespace.name < b.namespace.name ? -1 : 1),
  );
  return waiting.flatMap(({ claim: { namespace }, waiting: reason }) =>
    reason === undefined
      ? []
      : [{ namespace: namespace.name, egressIPAM: namespace.egressIPAM ?? '', reason, mender: menderOf(reason.code) }],
  );
}

class Reporter {
  readonly #decided: Decided;
  readonly #ledger: AddressLedger;
  readonly #rendering: Rendering;
  readonly #isAttaching: boolean;
  readonly #uncarried: Rendering['uncarried'];
  readonly #uncertain: Rendering['uncertain'];
  /** Namespaces that the network serves by none of their addresses; mostly undefined, as there are none. */
  readonly #dropped: ReadonlySet<string> | undefined;
  readonly #counts: readonly PoolCounts[];
  readonly #onNode: Uint32Array;
  readonly #last: LastAllocations;

  constructor(decided: Decided, rendering: Rendering, last: LastAllocations) {
    this.#last = last;
    this.#decided = decided;
    this.#ledger = decided.ledger;
    this.#rendering = rendering;
    this.#isAttaching = decided.snapshot.source.provider.attach;
    this.#uncarried = rendering.uncarried?.size === 0 ? undefined : rendering.uncarried;
    this.#uncertain = rendering.uncertain?.size === 0 ? undefined : rendering.uncertain;
    this.#dropped = boundTwice(decided);
    this.#onNode = new Uint32Array(decided.nodes.nodes.length);
    this.#counts = decided.pools.list.map(noCounts);
  }

  countsOf(pool: Pool): PoolCounts {
    return this.#counts[pool.index] ?? noCounts(pool);
  }

  placedOn(node: NodeIndex): number {
    return this.#onNode[node] ?? 0;
  }

  report(allotment: Allotment): Allocation | undefined {
    const { claim, addresses } = allotment;
    if (addresses.length === 0) {
      this.#countClaim(allotment, false);
      return undefined;
    }
    const before = this.#last.of(allotment);
    // Mostly each is on the node of before, and no list is made.
    let nodes = before?.nodes.length === addresses.length ? undefined : new Array<string | null>(addresses.length);
    let missing: Address[] | undefined;
    const isUncertain = this.#isUncertain(claim);
    for (let position = 0; position < addresses.length; position += 1) {
      const address = addresses[position];
      if (address === undefined) continue;
      const slot = this.#ledger.slotOf(address);
      const pool = poolOf(allotment, address);
      const node = nodeAt(this.#ledger, slot, pool);
      const carries = this.#isSent(claim, address, position, slot, node) && this.#isOnInterface(slot);
      if (!carries) (missing ??= []).push(address);
      this.#countAddress(pool, address, node, carries && !isUncertain);
      const name = this.#nameOf(node);
      if (nodes === undefined && before?.nodes[position] !== name) nodes = [...(before?.nodes ?? [])];
      if (nodes !== undefined) nodes[position] = name;
    }
    const isCarried = missing === undefined && !isUncertain;
    this.#countClaim(allotment, isCarried);
    if (nodes === undefined && isCarried && this.#isAsBefore(allotment, before)) return before;
    return this.#said(allotment, nodes, missing, before);
  }

  /** Whether all of its addresses were carried before, too, and whatever else is said comes from the same decision. */
  #isAsBefore(allotment: Allotment, before: Allocation | undefined): before is Allocation {
    if (before?.carried !== true || before.added !== undefined || !this.#last.isSame(allotment)) return false;
    return before.state === this.#rendering.states?.[allotment.claim.index];
  }

  /**
   * What is said of a namespace: the object of before, where that says the same.
   *
   * @param others the nodes, where they are not those of before
   */
  #said(
    allotment: Allotment,
    others: Allocation['nodes'] | undefined,
    missing: readonly Address[] | undefined,
    before: Allocation | undefined,
  ): Allocation {
    const { claim, addresses, source, added } = allotment;
    const { name, egressIPAM = '' } = claim.namespace;
    const carried = missing === undefined && !this.#isUncertain(claim);
    const texts = textsOf(claim, addresses);
    const idle = missing === undefined ? texts : this.#carrying(claim, addresses, missing);
    const carrying = carried ? undefined : idle;
    const unattached = missing === undefined ? undefined : this.#unattached(allotment, missing);
    const more = { added, carrying, unattached, state: this.#rendering.states?.[claim.index] };
    if (before !== undefined && others === undefined && before.egressIPAM === egressIPAM && before.source === source) {
      if (before.addresses === texts && before.carried === carried && isSaidOf(before, more)) return before;
    }
    const nodes = others ?? before?.nodes ?? [];
    return withMore({ namespace: name, egressIPAM, source, addresses: texts, nodes, carried }, more);
  }

  /** Whether nobody can say by whose addresses its traffic leaves. */
  #isUncertain({ namespace }: Claim): boolean {
    return this.#uncertain?.has(namespace.name) === true;
  }

  /** The name of the node that an address is on, as it is reported. */
  #nameOf(node: NodeIndex | undefined): string | null {
    return node === undefined ? null : this.#decided.nodes.nameOf(node);
  }

  /** What carries a namespace's traffic while others do not: some of its addresses, and what they replace. */
  #carrying(claim: Claim, addresses: readonly Address[], missing: readonly Address[]): readonly string[] | undefined {
    const bound = claim.binding?.ours === true ? claim.binding.addresses : [];
    const replaced = bound.filter((address, position) => {
      if (addresses.includes(address)) return false;
      const slot = this.#ledger.slotOf(address);
      return this.#isSent(claim, address, position, slot, undefined) && this.#isOnInterface(slot);
    });
    const carrying = [...addresses.filter((address) => !missing.includes(address)), ...replaced];
    return carrying.length === 0 ? undefined : carrying.map(formatAddress);
  }

  /** Of addresses that carry nothing, those that interfaces lack. */
  #unattached(allotment: Allotment, missing: readonly Address[]): readonly Address[] | undefined {
    const { claim, addresses } = allotment;
    const unattached = missing.filter((address) => {
      const slot = this.#ledger.slotOf(address);
      const node = nodeAt(this.#ledger, slot, poolOf(allotment, address));
      return this.#isSent(claim, address, addresses.indexOf(address), slot, node);
    });
    return unattached.length === 0 ? undefined : unattached;
  }

  /** Whether the network sends a namespace's traffic out by an address now, by what it shows. */
  #isSent(
    { namespace, binding }: Claim,
    address: Address,
    position: number,
    slot: Slot,
    node: NodeIndex | undefined,
  ): boolean {
    const { traits, ledger, nodes } = this.#decided;
    if (this.#dropped?.has(namespace.name) === true) return false;
    if (!traits.provesAllocations) return node !== undefined && nodes.isUsable(node);
    const host = ledger.host.at(slot);
    if (host === undefined || !nodes.isReady(host)) return false;
    // Mostly it stands there in the same place.
    if (binding?.addresses[position] !== address && binding?.addresses.includes(address) !== true) return false;
    return this.#uncarried?.get(namespace.name)?.includes(address) !== true;
  }

  /** Whether the interface of its host has an address that the network sends traffic out by. */
  #isOnInterface(slot: Slot): boolean {
    if (!this.#isAttaching || !this.#decided.traits.provesAllocations) return true;
    const host = this.#ledger.host.at(slot);
    return host !== undefined && this.#ledger.attachment.is(slot, host);
  }

  #countClaim({ claim, pool, addresses, waiting }: Allotment, carried: boolean): void {
    const named = claim.pool;
    if (named === undefined || claim.intent.kind === 'release') return;
    const counts = this.countsOf(named);
    counts.claims += 1;
    if (waiting !== undefined) counts.waiting += 1;
    else if (addresses.length > 0) counts.served += 1;
    if (waiting !== undefined && menderOf(waiting.code) === 'owner') counts.refused += 1;
    if (carried) counts.carried += 1;
    const state = this.#rendering.states?.[claim.index];
    if (state !== undefined && pool === named) counts.states.set(state, (counts.states.get(state) ?? 0) + 1);
  }

  #countAddress(pool: Pool | undefined, address: Address, node: NodeIndex | undefined, carries: boolean): void {
    if (node !== undefined) this.#onNode[node] = (this.#onNode[node] ?? 0) + 1;
    const assignment = pool?.assignmentOf(address);
    if (pool === undefined || assignment === undefined) return;
    const counts = this.countsOf(pool).assignments[assignment.order];
    if (counts === undefined) return;
    counts.allocated += 1;
    const { group } = assignment;
    if (!group.uniform) counts.fewestTakers = Math.min(counts.fewestTakers, group.partFor(address).candidates.length);
    if (node !== undefined) counts.placed += 1;
    if (carries) counts.carried += 1;
  }
}

/**
 * Namespaces with an address that somebody bound to the traffic of another one, too: the network serves neither of the
 * two, by whatever else they have.
 */
function boundTwice({ ledger, allotments }: Decided): ReadonlySet<string> | undefined {
  if (!ledger.isAnyMarked('bound-by-others')) return undefined;
  const isContended = (address: Address): boolean => ledger.isMarked(ledger.slotOf(address), 'bound-by-others');
  return new Set(
    allotments.flatMap(({ claim: { namespace, binding }, addresses }) =>
      binding?.addresses.some((address) => addresses.includes(address) && isContended(address)) === true
        ? [namespace.name]
        : [],
    ),
  );
}

/** What is said of a namespace where there is something to say. */
interface More {
  readonly added: Allotment['added'];
  readonly carrying: readonly string[] | undefined;
  readonly unattached: readonly Address[] | undefined;
  readonly state: string | undefined;
}

function withMore(allocation: Allocation, { added, carrying, unattached, state }: More): Allocation {
  if ([added, carrying, unattached, state].every((one) => one === undefined)) return allocation;
  return {
    ...allocation,
    ...(added && { added: { ...added, addresses: added.addresses.map(formatAddress) } }),
    ...(carrying === undefined ? {} : { carrying }),
    ...(unattached && { unattached: unattached.map(formatAddress) }),
    ...(state === undefined ? {} : { state }),
  };
}

/** Whether just this was said beside the usual; what is added is said once. */
function isSaidOf(before: Allocation, { added, carrying, unattached, state }: More): boolean {
  const isUsual = before.added === undefined && added === undefined && before.unattached === undefined;
  return isUsual && unattached === undefined && before.carrying === carrying && before.state === state;
}

/** Addresses as canonical text, which mostly stands somewhere already. */
function textsOf({ namespace, binding }: Claim, addresses: readonly Address[]): readonly string[] {
  if (binding?.texts !== undefined && binding.addresses === addresses) return binding.texts;
  return sameInOrder(namespace.listed, addresses) ? namespace.texts : addresses.map(formatAddress);
}

function noCounts({ assignments }: Pool): PoolCounts {
  return {
    claims: 0,
    served: 0,
    carried: 0,
    waiting: 0,
    refused: 0,
    states: new Map(),
    assignments: assignments.map(() => ({ allocated: 0, placed: 0, carried: 0, fewestTakers: Infinity })),
  };
}
