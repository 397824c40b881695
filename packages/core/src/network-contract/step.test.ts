import { expect, it } from 'vitest';
import { afterStep, distinctPreconditions, type Precondition } from './step.ts';

it('preconditions that say the same are one, in the order in which they came', () => {
  const observed = (name: string, state: 'gone' | 'read'): Precondition => ({
    ...{ kind: 'observed', object: { kind: 'Interface', name }, state },
  });
  const optional: Precondition = { kind: 'step', id: 'a', optional: true };
  const distinct = [afterStep('b'), afterStep('a'), optional, observed('n1', 'read'), observed('n1', 'gone')];
  const others = [observed('n2', 'read'), { ...observed('n1', 'read'), object: { kind: 'Node', name: 'n1' } } as const];
  const all = [...distinct, ...others];
  expect(distinctPreconditions([...all, ...all.toReversed()])).toEqual(all);
});

it('of one precondition, or none, the list itself is left', () => {
  for (const list of [[], [afterStep('a')]]) expect(distinctPreconditions(list)).toBe(list);
});
