import { countBefore } from '../address/count-before.ts';
import type { Address } from '../address/address.ts';
import type { Cidr } from '../address/cidr.ts';

/** Among so few spaces, as mostly, one is found without halving. */
const few = 4;

/** A stretch of addresses that pools give out from. */
export interface Space {
  readonly first: Address;
  readonly last: Address;
  /** Position in the list of all spaces. */
  readonly index: number;
}

/** The stretches of addresses that matter to a plan. Depends on the EgressIPAMs' CIDRs alone. */
export class AddressLayout {
  readonly spaces: readonly Space[];
  readonly #spaces4: readonly Space[];
  readonly #spaces6: readonly Space[];

  constructor(cidrs: readonly Cidr[]) {
    this.spaces = outermost(cidrs).map(({ first, last }, index) => ({ first, last, index }));
    this.#spaces4 = this.spaces.filter(({ first }) => typeof first === 'number');
    this.#spaces6 = this.spaces.filter(({ first }) => typeof first === 'bigint');
  }

  /** The spaces of an address's family. */
  spacesFor(address: Address): readonly Space[] {
    return typeof address === 'number' ? this.#spaces4 : this.#spaces6;
  }

  /** Whether some space has an address of a range. */
  meets(first: Address, last: Address): boolean {
    const next = this.spacesFor(first)[this.#positionFrom(first)];
    return next !== undefined && next.first <= last;
  }

  /** The spaces that have addresses of a range, in order. */
  *meeting(first: Address, last: Address): Iterable<Space> {
    const spaces = this.spacesFor(first);
    for (let position = this.#positionFrom(first); position < spaces.length; position += 1) {
      const space = spaces[position];
      if (space === undefined || space.first > last) return;
      yield space;
    }
  }

  /** Where the first space stands that does not end before an address, among those of its family. */
  #positionFrom(address: Address): number {
    const spaces = this.spacesFor(address);
    return countBefore(spaces.length, (index) => {
      const space = spaces[index];
      return space !== undefined && space.last < address;
    });
  }

  /** The space that has an address. */
  spaceOf(address: Address): Space | undefined {
    const spaces = this.spacesFor(address);
    if (spaces.length > few) {
      const space = spaces[this.#positionFrom(address)];
      return space !== undefined && space.first <= address ? space : undefined;
    }
    for (let position = 0; position < spaces.length; position += 1) {
      const space = spaces[position];
      if (space !== undefined && space.first <= address && address <= space.last) return space;
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
