import type { Slot } from './indexes.ts';

/** Addresses of a page, as a power of two. */
const pageBits = 12;
/** Addresses of a page: so many get slots at a time. */
export const pageSize = 2 ** pageBits;

/**
 * Where the slots of IPv4 addresses begin, page by page. Neighbours share a page, so that an address is found by two
 * looks into memory: one for what its first eight bits say, one for the twelve bits that follow.
 */
export class SlotPages {
  /**
   * By the first eight bits of addresses, then by the next twelve: one more than a page's first slot, or 0 for none.
   */
  readonly #firstSlots = new Array<Int32Array | undefined>(256).fill(undefined);

  /** The slot of an address; undefined where its page has none yet. */
  at(address: number): Slot | undefined {
    const first = this.#firstSlots[address >>> 24]?.[(address >>> pageBits) & (pageSize - 1)];
    return first === undefined || first === 0 ? undefined : ((first - 1 + (address & (pageSize - 1))) as Slot);
  }

  /** Gives the page of an address slots from here on. */
  add(address: number, firstSlot: number): void {
    const pages = (this.#firstSlots[address >>> 24] ??= new Int32Array(2 ** (24 - pageBits)));
    pages[(address >>> pageBits) & (pageSize - 1)] = firstSlot + 1;
  }
}

/** The first and the last address of an address's page. */
export function pageOf(address: number): { readonly first: number; readonly last: number } {
  const first = address - (address % pageSize);
  return { first, last: first + pageSize - 1 };
}
