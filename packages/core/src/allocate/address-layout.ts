import type { Address } from '../address/address.ts';
import type { Cidr } from '../address/cidr.ts';

/** A stretch of addresses that pools give out from. */
export interface Space {
  readonly first: Address;
  readonly last: Address;
  /** Slot of the first address where each address has a slot of its own; -1 in a space too large for that. */
  readonly base: number;
}

/** Up to this many addresses a space has a slot for each; beyond, slots are made when an address is met. */
const denseLimit = 1n << 20n;

/**
 * Which slot each address has: a small integer under which plans keep what they
 * know of it. Depends on the EgressIPAMs' CIDRs alone, so that lists of addresses
 * can remember their slots from plan to plan.
 */
export class AddressLayout {
  readonly spaces4: readonly Space[];
  readonly spaces6: readonly Space[];
  /** Slots below this one belong to addresses of dense spaces. */
  readonly denseSlots: number;
  /** Two layouts with one key are the same. */
  readonly key: string;

  constructor(cidrs: readonly Cidr[]) {
    const kept = outermost(cidrs);
    let slots = 0;
    const spaces = kept.map((cidr) => {
      const base = cidr.size <= denseLimit ? slots : -1;
      if (base !== -1) slots += Number(cidr.size);
      return { first: cidr.first, last: cidr.last, base };
    });
    this.spaces4 = spaces.filter(({ first }) => typeof first === 'number');
    this.spaces6 = spaces.filter(({ first }) => typeof first === 'bigint');
    this.denseSlots = slots;
    this.key = layoutKey(kept);
  }

  /** The space that has an address. */
  spaceOf(address: Address): Space | undefined {
    const spaces = typeof address === 'number' ? this.spaces4 : this.spaces6;
    let low = 0;
    let high = spaces.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const space = spaces[middle];
      if (space === undefined || address < space.first) high = middle - 1;
      else if (address > space.last) low = middle + 1;
      else return space;
    }
    return undefined;
  }

  /** The slot of an address of a dense space; -1 for others. */
  denseSlotOf(address: Address): number {
    const space = this.spaceOf(address);
    if (space === undefined || space.base === -1) return -1;
    return typeof address === 'number' ? space.base + address - (space.first as number) : space.base + Number(address - (space.first as bigint));
  }
}

function layoutKey(cidrs: readonly Cidr[]): string {
  return cidrs.map((cidr) => cidr.text).join();
}

/** The CIDRs that lie in no other, in order, each once: two CIDRs are disjoint or nested. */
function outermost(cidrs: readonly Cidr[]): Cidr[] {
  const sorted = [...cidrs].sort((a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : a.prefix - b.prefix));
  const kept: Cidr[] = [];
  for (const cidr of sorted) {
    const previous = kept[kept.length - 1];
    if (previous === undefined || previous.family !== cidr.family || cidr.first > previous.last) kept.push(cidr);
  }
  return kept;
}
