import type { Address } from '../address/address.ts';
import type { Cidr } from '../address/cidr.ts';

/** A stretch of addresses that pools give out from. */
export interface Space {
  readonly first: Address;
  readonly last: Address;
  /** Position in the list of all spaces. */
  readonly index: number;
  /** Number of its first page; undefined in IPv6, whose spaces are too large for pages. */
  readonly page: number | undefined;
}

/** Addresses of a page, as a power of two. */
export const pageBits = 12;

/** The stretches of addresses that matter to a plan. Depends on the EgressIPAMs' CIDRs alone. */
export class AddressLayout {
  readonly spaces: readonly Space[];
  readonly #spaces4: readonly Space[];
  readonly #spaces6: readonly Space[];
  /** Pages of all IPv4 spaces together. */
  readonly pages: number;

  constructor(cidrs: readonly Cidr[]) {
    let pages = 0;
    this.spaces = outermost(cidrs).map(({ first, last, size }, index) => {
      if (typeof first === 'bigint') return { first, last, index, page: undefined };
      const page = pages;
      pages += Math.ceil(Number(size) / 2 ** pageBits);
      return { first, last, index, page };
    });
    this.#spaces4 = this.spaces.filter(({ page }) => page !== undefined);
    this.#spaces6 = this.spaces.filter(({ page }) => page === undefined);
    this.pages = pages;
  }

  /** The spaces of an address's family. */
  spacesFor(address: Address): readonly Space[] {
    return typeof address === 'number' ? this.#spaces4 : this.#spaces6;
  }

  /** The space that has an address. */
  spaceOf(address: Address): Space | undefined {
    const spaces = this.spacesFor(address);
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
}

/** The CIDRs that lie in no other, in order, each once: two CIDRs are disjoint or nested. */
function outermost(cidrs: readonly Cidr[]): Cidr[] {
  const sorted = [...cidrs].sort(
    (a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : a.prefix - b.prefix),
  );
  const kept: Cidr[] = [];
  for (const cidr of sorted) {
    const previous = kept.at(-1);
    if (previous === undefined || previous.family !== cidr.family || cidr.first > previous.last) kept.push(cidr);
  }
  return kept;
}
