import { countBefore } from './count-before.ts';
import type { Address } from './address.ts';
import { compareAddresses, type AddressRange } from './address-range.ts';
import { Heap } from './heap.ts';

/** Of so few ranges one is found as fast by looking at each. */
const few = 4;

/**
 * Many ranges, which may overlap: the first of the list that has an address is found by bisection. Made at the first
 * question, as most lists are never asked.
 */
export class RangeIndex<Range extends AddressRange> {
  readonly #ranges: readonly Range[];
  /** Where what is first changes, in order; from each start up to the next one is one range, or none. */
  #pieces: Pieces | undefined;

  constructor(ranges: readonly Range[]) {
    this.#ranges = ranges;
  }

  /** The first range that has an address. */
  find(address: Address): Range | undefined {
    const ranges = this.#ranges;
    if (ranges.length > few) return ranges[this.#positionOf(address)];
    for (let position = 0; position < ranges.length; position += 1) {
      const range = ranges[position];
      if (range !== undefined && has(range, address)) return range;
    }
    return undefined;
  }

  #positionOf(address: Address): number {
    this.#pieces ??= { 4: pieces(this.#ranges, 'number'), 6: pieces(this.#ranges, 'bigint') };
    const { starts, positions } = this.#pieces[typeof address === 'number' ? 4 : 6];
    return positions[countBefore(starts.length, (index) => (starts[index] ?? 0) <= address) - 1] ?? nowhere;
  }
}

const nowhere = -1;

interface Stretches {
  readonly starts: readonly Address[];
  /** By start: the position of the range from there on; {@link nowhere} for none. */
  readonly positions: readonly number[];
}

type Pieces = Readonly<Record<4 | 6, Stretches>>;

function has({ first, last }: AddressRange, address: Address): boolean {
  return typeof first === typeof address && first <= address && address <= last;
}

/** Walks along all ends of ranges of a family; of those around a place the first of the list counts. */
function pieces(ranges: readonly AddressRange[], family: 'number' | 'bigint'): Stretches {
  const order = [...ranges.keys()].filter((position) => typeof ranges[position]?.first === family);
  order.sort((a, b) => compareAddresses(firstOf(ranges, a), firstOf(ranges, b)) || a - b);
  const starts: Address[] = [];
  const positions: number[] = [];
  const begin = (start: Address, position: number): void => {
    if (positions.at(-1) === position) return;
    if (starts.length > 0 && starts.at(-1) === start) {
      starts.pop();
      positions.pop();
    }
    if (positions.at(-1) === position) return;
    starts.push(start);
    positions.push(position);
  };
  /** Those that began, the first of the list in front: what ended is seen only once it would count. */
  const open = new Heap<number>((one, other) => one < other);
  const endUpTo = (place: Address | undefined): void => {
    for (let top = open.first; top !== undefined; top = open.first) {
      const end = lastOf(ranges, top);
      if (place !== undefined && end >= place) return;
      open.pop();
      // What ended before it does is no more than passed over.
      while (open.first !== undefined && lastOf(ranges, open.first) <= end) open.pop();
      begin(after(end), open.first ?? nowhere);
    }
  };
  for (const position of order) {
    const start = firstOf(ranges, position);
    endUpTo(start);
    open.push(position);
    begin(start, open.first ?? nowhere);
  }
  endUpTo(undefined);
  return { starts, positions };
}

function firstOf(ranges: readonly AddressRange[], position: number): Address {
  return ranges[position]?.first ?? 0;
}

function lastOf(ranges: readonly AddressRange[], position: number): Address {
  return ranges[position]?.last ?? 0;
}

function after(address: Address): Address {
  return typeof address === 'number' ? address + 1 : address + 1n;
}
