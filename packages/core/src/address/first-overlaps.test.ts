import { expect, it } from 'vitest';
import { parseCidrs } from '../parse/parse-lists.ts';
import { cidrsOverlap } from './cidr.ts';
import { firstOverlaps } from './first-overlaps.ts';

it('finds the first before each that has an address of it, as a search of all would', () => {
  const texts = Array.from({ length: 300 }, (_, index) =>
    index % 5 === 0
      ? `2001:db8:${((index * 7) % 9).toString(16)}::/${32 + ((index * 11) % 40)}`
      : `10.${(index * 37) % 19}.${(index * 53) % 256}.0/${8 + ((index * 13) % 25)}`,
  );
  const cidrs = parseCidrs([...texts, '10.0.0.0/8', '10.0.0.0/8', '0.0.0.0/0', '::/0']);
  expect(firstOverlaps(cidrs)).toEqual(
    cidrs.map((cidr, position) => {
      const found = cidrs.slice(0, position).findIndex((other) => cidrsOverlap(other, cidr));
      return found === -1 ? undefined : found;
    }),
  );
});

it('finds nothing where all are apart', () => {
  expect(firstOverlaps(parseCidrs(['10.0.1.0/24', '10.0.0.0/24', '::a00:0/120']))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
