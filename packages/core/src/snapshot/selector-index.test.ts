import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileSelector } from './label-selector.ts';
import { SelectorIndex } from './selector-index.ts';
import type { LabelSelector } from './snapshot.ts';

const key = fc.constantFrom('a', 'b', 'c', '__proto__');
const value = fc.constantFrom('', '1', '2', 'constructor');
const requirement = fc.record({
  key,
  operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Near'),
  values: fc.array(value, { maxLength: 3 }),
});
const selector: fc.Arbitrary<LabelSelector> = fc.record(
  { matchLabels: fc.dictionary(key, value), matchExpressions: fc.array(requirement, { maxLength: 3 }) },
  { requiredKeys: [] },
);

it('finds what asking each selector finds, in the same order', () => {
  fc.assert(
    fc.property(fc.array(selector, { maxLength: 12 }), fc.dictionary(key, value), (selectors, labels) => {
      const index = new SelectorIndex<number>();
      selectors.forEach((entry, position) => index.add(entry, position));
      const asked = selectors.flatMap((entry, position) => {
        const compiled = compileSelector(entry);
        return compiled.ok && compiled.matches(labels) ? [position] : [];
      });
      expect([...index.matching(labels)]).toEqual(asked);
    }),
  );
});

it('without a selector it is for everything', () => {
  const index = new SelectorIndex<string>();
  index.add(undefined, 'all');
  expect([[...index.matching({})], [...index.matching({ a: '1' })]]).toEqual([['all'], ['all']]);
});

it('who needs the first alone asks no selector behind it', () => {
  const index = new SelectorIndex<number>();
  for (let position = 0; position < 1_000; position += 1) index.add({ matchLabels: { team: 'x' } }, position);
  let asked = 0;
  const labels = {
    get team() {
      asked += 1;
      return 'x';
    },
  };
  expect(index.matching(labels).next().value).toBe(0);
  expect(asked).toBeLessThan(5);
});
