import type { Allocation, NetworkStep, Plan, StepEffects } from '@egressip-ipam/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { StandingBindings } from './standing-bindings.ts';

const address = '10.0.0.1';

describe('what traffic leaves by', () => {
  let bindings: StandingBindings;
  const note = (...allocations: readonly Partial<Allocation>[]): void =>
    bindings.note({
      allocations: allocations.map((more) => ({
        ...{ namespace: 'shop', addresses: [address], nodes: ['a'], carried: true },
        ...more,
      })),
    } as unknown as Plan);
  const done = (effects: StepEffects, namespace = 'shop'): boolean =>
    bindings.done({ kind: 'network', namespace, effects } as NetworkStep);
  beforeEach(() => {
    bindings = new StandingBindings();
  });

  it.each([
    ['on its node', 'a'],
    ['on a node that the network has yet to choose', null],
  ])('is put back where it is bound again, %s', (_where, node) => {
    note({});
    note({ carried: false, nodes: [node] });
    expect([done({ bound: [address], unbound: ['10.0.0.9'] }), done({ recorded: [address] })]).toEqual([true, true]);
  });

  it('is put back where it carries traffic while another address of the namespace does not', () => {
    const both = { addresses: [address, '10.0.1.1'], nodes: ['a', 'b'], carried: false };
    note({ ...both, carrying: [address] });
    note(both);
    expect([done({ bound: ['10.0.1.1'] }), done({ bound: [address] })]).toEqual([false, true]);
    note({ ...both, carrying: ['10.0.9.9'], addresses: ['10.0.0.2', '10.0.1.1'] });
    expect(done({ bound: [address] })).toBe(false);
  });

  it.each<[string, readonly Partial<Allocation>[]]>([
    ['it never carried traffic', [{ carried: false }]],
    ['another address was decided on', [{}, { carried: false, addresses: ['10.0.0.2'] }, { carried: false }]],
    ['another node was decided on', [{}, { carried: false, nodes: ['b'] }, { carried: false, nodes: ['a'] }]],
    ['its namespace gave it back', [{}, { namespace: 'bank', addresses: ['10.0.0.2'] }]],
  ])('is not put back where %s', (_why, plans) => {
    for (const each of plans) note(...(each.namespace === undefined ? [each] : []));
    expect(done({ bound: [address] })).toBe(false);
  });

  it('is not put back by what binds something else, or the same for another namespace', () => {
    note({});
    expect([done({ bound: ['10.0.0.2'] }), done({ hosted: [address] }), done({ bound: [address] }, 'bank')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('is not put back by what binds it after we unbound it', () => {
    note({});
    expect(done({ unbound: [address] })).toBe(false);
    expect(done({ bound: [address] })).toBe(false);
  });
});
