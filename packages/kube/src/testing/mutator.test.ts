import { expect, it } from 'vitest';
import { createMutator } from './mutator.ts';

it('makes the same of the same seed, and nearly always something else than it was given', () => {
  const value = { kind: 'ThingList', metadata: { resourceVersion: '10' }, items: [{ metadata: { name: 'a' } }] };
  const make = (seed: number): readonly unknown[] => {
    const mutator = createMutator(seed);
    return Array.from({ length: 200 }, () => [mutator.value(value), mutator.text(JSON.stringify(value))]);
  };
  expect(make(1)).toEqual(make(1));
  expect(make(1)).not.toEqual(make(2));
  expect(new Set(make(1).map((made) => JSON.stringify(made))).size).toBeGreaterThan(150);
  expect(JSON.stringify(value)).toBe(
    '{"kind":"ThingList","metadata":{"resourceVersion":"10"},"items":[{"metadata":{"name":"a"}}]}',
  );
});
