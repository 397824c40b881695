import { formatAddress, type Address } from '../address/address.ts';
import type { Allotment } from '../allocate/allotment.ts';
import type { Claim } from '../claims/claim.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { NodeIndex, Slot } from '../ledger/indexes.ts';
import type { Rendering } from '../network-contract/backend.ts';
import { sameInOrder } from '../parse/parse-lists.ts';
import type { Pool } from '../place/pool.ts';
import { nodeAt, nodeOf, poolOf, type Decided } from '../render/decided.ts';
import { LastAllocations } from './last-allocations.ts';
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
  readonly allocations: readonly Allocation[];
  readonly countsOf: (pool: Pool) => PoolCounts;
  /** How many addresses a node carries, or is to carry. */
  readonly placedOn: (node: NodeIndex) => number;
}

/**
 * Writes down who has what, and where.
 *
 * @param last what the last plan said, by name of namespaces: what is as it was is the same object again
 */
export function reportAllocations(
  decided: Decided,
  rendering: Rendering,
  last: readonly Allocation[],
): ReportedAllocations {
  const reporter = new Reporter(decided, rendering, new LastAllocations(last));
  const allocations: Allocation[] = [];
  decided.allotments.forEach((allotment) => {
    const allocation = reporter.report(allotment);
    if (allocation !== undefined) allocations.push(allocation);
  });
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
    const { claim, addresses, source, added } = allotment;
    if (addresses.length === 0) {
      this.#countClaim(allotment, false);
      return undefined;
    }
    const { name, egressIPAM = '' } = claim.namespace;
    const before = this.#last.of(name);
    let isOnSameNodes = before?.nodes.length === addresses.length;
    let missing: Address[] | undefined;
    for (let position = 0; position < addresses.length; position += 1) {
      const address = addresses[position];
      if (address === undefined) continue;
      const slot = this.#ledger.slotOf(address);
      const pool = poolOf(allotment, address);
      const node = nodeAt(this.#ledger, slot, pool);
      const carries = this.#isCarried(claim, address, slot, node);
      if (!carries) (missing ??= []).push(address);
      this.#countAddress(pool, address, node, carries);
      isOnSameNodes &&= before?.nodes[position] === this.#nameOf(node);
    }
    const carried = missing === undefined;
    this.#countClaim(allotment, carried);
    const state = this.#rendering.states?.[claim.index];
    const addressTexts = textsOf(claim, addresses);
    const carrying = missing === undefined ? undefined : this.#carrying(claim, addresses, missing);
    if (before !== undefined && isOnSameNodes && before.egressIPAM === egressIPAM && before.source === source) {
      if (before.addresses === addressTexts && isSaidOf(before, { carried, added, carrying, state })) return before;
    }
    const nodes = this.#nodesOf(allotment);
    const whole = { namespace: name, egressIPAM, source, addresses: addressTexts, nodes, carried };
    return withMore(whole, added, carrying, state);
  }

  #nodesOf(allotment: Allotment): Allocation['nodes'] {
    return allotment.addresses.map((address) => this.#nameOf(nodeOf(this.#decided, allotment, address)));
  }

  /** The name of the node that an address is on, as it is reported. */
  #nameOf(node: NodeIndex | undefined): string | null {
    return node === undefined ? null : this.#decided.nodes.nameOf(node);
  }

  /** What carries a namespace's traffic while others do not: some of its addresses, and what they replace. */
  #carrying(claim: Claim, addresses: readonly Address[], missing: readonly Address[]): readonly string[] | undefined {
    const bound = claim.binding?.ours === true ? claim.binding.addresses : [];
    const replaced = bound.filter(
      (address) =>
        !addresses.includes(address) && this.#isCarried(claim, address, this.#ledger.slotOf(address), undefined),
    );
    const carrying = [...addresses.filter((address) => !missing.includes(address)), ...replaced];
    return carrying.length === 0 ? undefined : carrying.map(formatAddress);
  }

  /** Whether an address carries its namespace's traffic now, by what the network and the interfaces show. */
  #isCarried({ namespace, binding }: Claim, address: Address, slot: Slot, node: NodeIndex | undefined): boolean {
    const { traits, ledger, nodes } = this.#decided;
    if (!traits.provesAllocations) return node !== undefined && nodes.isUsable(node);
    const host = ledger.host.at(slot);
    if (host === undefined || binding?.addresses.includes(address) !== true || !nodes.isReady(host)) return false;
    if (this.#isAttaching && !ledger.attachment.is(slot, host)) return false;
    return this.#uncarried?.get(namespace.name)?.includes(address) !== true;
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

/** What is said of a namespace where there is something to say. */
interface More {
  readonly added: Allotment['added'];
  readonly carrying: readonly string[] | undefined;
  readonly state: string | undefined;
}

function withMore(
  allocation: Allocation,
  added: More['added'],
  carrying: More['carrying'],
  state: More['state'],
): Allocation {
  if (added === undefined && carrying === undefined && state === undefined) return allocation;
  return {
    ...allocation,
    ...(added && { added: { ...added, addresses: added.addresses.map(formatAddress) } }),
    ...(carrying === undefined ? {} : { carrying }),
    ...(state === undefined ? {} : { state }),
  };
}

/** Whether just this was said of how a namespace is served; what is added is said once. */
function isSaidOf(before: Allocation, now: More & { readonly carried: boolean }): boolean {
  if (before.added !== undefined || now.added !== undefined) return false;
  return before.carried === now.carried && before.carrying === now.carrying && before.state === now.state;
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
