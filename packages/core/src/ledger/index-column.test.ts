import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IndexColumn } from './index-column.ts';

it('has what was put at a slot last, whichever slots and however many', () => {
  const slot = fc.nat(40);
  const change = fc.record({ slot, index: fc.option(fc.nat(5), { nil: undefined }) });
  fc.assert(
    fc.property(fc.nat(20), fc.array(change), (size, changes) => {
      const column = new IndexColumn(size);
      const expected = new Map<number, number>();
      for (const { slot: at, index } of changes) {
        if (index === undefined) {
          column.clear(at);
          expected.delete(at);
        } else {
          column.set(at, index);
          expected.set(at, index);
        }
      }
      for (let at = 0; at < 45; at += 1) {
        expect([column.at(at), column.has(at)]).toEqual([expected.get(at), expected.has(at)]);
        for (let index = 0; index <= 5; index += 1) expect(column.is(at, index)).toBe(expected.get(at) === index);
      }
    }),
  );
});

it('takes over what another has, and goes its own way from there', () => {
  const [one, other] = [new IndexColumn(2), new IndexColumn(2)];
  other.set(1, 0);
  one.set(0, 3);
  one.copy(other);
  other.set(0, 7);
  other.clear(1);
  expect([one.at(0), one.at(1)]).toEqual([undefined, 0]);
});
