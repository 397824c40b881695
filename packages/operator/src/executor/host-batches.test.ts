import type { NetworkStep } from '@egressip-ipam/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { HostBatches } from './host-batches.ts';

/** A write of an object that puts addresses on a node; one called `…/then` waits for something. */
const step = (id: string, hosted: readonly string[], unhosted: readonly string[] = []): NetworkStep => {
  const [, name = '', then] = id.split('/');
  return {
    kind: 'network',
    action: 'host',
    id,
    object: { kind: 'Host', name },
    effects: { hosted, unhosted },
    after: then === undefined ? [] : [{ kind: 'step', id: 'annotate/x' }],
    payload: null,
  };
};
const bind = (bound: readonly string[]): NetworkStep => ({
  ...step('bind/x', []),
  object: { kind: 'Binding', name: 'x' },
  effects: { bound },
});

describe('writes of objects that put addresses on nodes', () => {
  let batches: HostBatches;
  const due = (
    now: number,
    steps: readonly NetworkStep[],
    bound = steps.flatMap(({ effects }) => effects.hosted ?? []),
  ): number | undefined => batches.dueTimes([...steps, bind(bound)], now).get('host/a');

  beforeEach(() => {
    batches = new HostBatches();
  });

  it('wait while more new addresses keep coming, for three seconds at the most, and then begin anew', () => {
    const coming = (count: number): readonly NetworkStep[] => [
      step(
        'host/a',
        Array.from({ length: count }, (_, index) => `10.0.0.${index}`),
      ),
      step('host/a/then', ['10.0.1.0']),
    ];
    expect([0, 500, 1_000, 2_900].map((now, index) => due(now, coming(index + 1)))).toEqual([600, 1_100, 1_600, 3_000]);
    batches.written(step('host/a', []));
    expect(due(3_100, coming(1))).toBe(3_700);
  });

  it('wait for nothing when all is there', () => {
    expect(due(0, [step('host/a', ['10.0.0.1'])])).toBeUndefined();
  });

  it('law 8: wait a moment only for a namespace that cannot be written', () => {
    const stuck = [step('host/a', ['10.0.0.1']), step('host/a/then', ['10.0.0.1', '10.0.0.2'])];
    expect([0, 200, 599].map((now) => due(now, stuck))).toEqual([600, 600, 600]);
  });

  it('wait for nothing when an address moves, is put back or leaves', () => {
    const then = step('host/a/then', ['10.0.1.0']);
    expect(due(0, [step('host/a', ['10.0.0.1', '10.0.0.2']), then], ['10.0.0.1'])).toBeUndefined();
    expect(due(0, [step('host/a', ['10.0.0.1'], ['10.0.0.9']), then])).toBeUndefined();
  });
});
