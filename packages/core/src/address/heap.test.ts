import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Heap } from './heap.ts';

it('gives out the first of what is in it, whatever came and went before', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(20))), (history) => {
      const heap = new Heap<number>((one, other) => one < other);
      let model: number[] = [];
      for (const item of history) {
        if (item === null) {
          const [first, ...others] = model;
          expect(heap.pop()).toBe(first);
          model = others;
        } else {
          heap.push(item);
          model = [...model, item].sort((one, other) => one - other);
        }
        expect(heap.first).toBe(model[0]);
      }
    }),
  );
});
