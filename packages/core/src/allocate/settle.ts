import type { AddressSet } from '../address/address-set.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { AddressTable } from './address-table.ts';
import type { Space } from './address-layout.ts';
import type { World } from './world.ts';

/** A CIDR assignment, in numbers. */
interface Span {
  readonly first: number;
  readonly last: number;
  readonly space: Space;
  /** What must not be handed out there. */
  readonly taken: AddressSet;
}

/**
 * Settles namespaces that agree with themselves. A class, as a function made anew for each
 * plan would be compiled anew for each plan.
 */
export class Settler {
  readonly #table: AddressTable;
  readonly #addresses: Uint32Array;
  readonly #counts: Uint8Array;
  readonly #pool: Int32Array;
  readonly #width: number;
  readonly #settledIn: Int32Array;
  readonly #slots: Int32Array;
  /** By number of an EgressIPAM's name in the list of namespaces: its index, or -1. */
  readonly #egressIPAMOf: Int32Array;
  /** By EgressIPAM: its CIDR assignments, where its namespaces may be settled. */
  readonly #spansOf: readonly (readonly Span[] | undefined)[];

  constructor(world: World) {
    const { namespaces, egressIPAMs, source } = world.snapshot;
    this.#table = world.addresses;
    this.#addresses = namespaces.addresses;
    this.#counts = namespaces.counts;
    this.#pool = namespaces.pool;
    this.#width = namespaces.width;
    this.#settledIn = world.settledIn;
    this.#slots = world.settledSlots;
    this.#egressIPAMOf = Int32Array.from(namespaces.pools.keys(), (name) => world.egressIPAMIndex(name));
    const isSettling = source.network.kind === 'openshift-sdn' && world.refusedAddresses.size === 0;
    this.#spansOf = isSettling ? egressIPAMs.map((egressIPAM) => spansIn(egressIPAM, world.addresses)) : [];
  }

  /**
   * Settles a namespace when each of its addresses lies in the CIDR assignment of its place in an
   * EgressIPAM that serves it, and nobody else has one of them; false when not.
   */
  settle(index: number): boolean {
    const egressIPAM = this.#egressIPAMOf[this.#pool[index] ?? -1] ?? -1;
    const spans = this.#spansOf[egressIPAM];
    if (spans === undefined || spans.length !== this.#counts[index]) return false;
    const slots = this.#slots;
    const start = index * this.#width;
    for (let entry = 0; entry < spans.length; entry += 1) {
      const span = spans[entry];
      const at = start + entry;
      const address = this.#addresses[at] ?? 0;
      const isInside = span !== undefined && address >= span.first && address <= span.last;
      if (isInside && slots[at] === -1) slots[at] = this.#table.slotIn(span.space, address);
      const slot = slots[at] ?? -1;
      // What anybody has is taken.
      if (!isInside || !span.taken.add(address)) {
        this.#disown(start, at);
        return false;
      }
      this.#table.owner[slot] = index + 1;
    }
    this.#settledIn[index] = egressIPAM;
    return true;
  }

  #disown(from: number, to: number): void {
    for (let at = from; at < to; at += 1) {
      this.#table.owner[this.#slots[at] ?? 0] = 0;
      this.#table.release(this.#addresses[at] ?? 0);
    }
  }
}

function spansIn({ deleting, source, assignments }: ParsedEgressIPAM, table: AddressTable): readonly Span[] | undefined {
  if (deleting || source.namespaceSelector !== undefined) return undefined;
  const spans = assignments.flatMap(({ cidr: { first, last } }) => {
    const space = table.layout.spaceOf(first);
    return typeof first === 'number' && typeof last === 'number' && space !== undefined ? [{ first, last, space, taken: table.takenIn(space) }] : [];
  });
  return spans.length === assignments.length ? spans : undefined;
}
