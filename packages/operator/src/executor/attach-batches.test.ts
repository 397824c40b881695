import type { InterfaceStep } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { AttachBatches } from './attach-batches.ts';
import { groupInterfaceSteps, type InterfaceGroup } from './interface-groups.ts';

const step = (node: string, address: string, isReady: boolean): InterfaceStep => ({
  kind: 'attach',
  id: address,
  object: { kind: 'Interface', name: node },
  effects: { attached: [address] },
  after: isReady ? [] : [{ kind: 'step', id: `host/${node}` }],
  node,
  address,
});
const ready = (node: string, ...addresses: readonly string[]): readonly InterfaceStep[] =>
  addresses.map((address) => step(node, address, true));
const waiting = (node: string, ...addresses: readonly string[]): readonly InterfaceStep[] =>
  addresses.map((address) => step(node, address, false));
const groups = (...steps: readonly (readonly InterfaceStep[])[]): readonly InterfaceGroup[] =>
  groupInterfaceSteps({ steps: steps.flat() });
const some = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => `10.0.0.${from + index}`);

describe('AttachBatches', () => {
  it('lets the addresses of one new namespace go at once', () => {
    expect(
      new AttachBatches().dueTimes(groups(ready('a', '10.0.0.1'), ready('b', '10.0.1.1'), waiting('c', '10.0.2.1')), 0)
        .size,
    ).toBe(0);
  });

  it('waits for what is on its way to the same interface', () => {
    expect(new AttachBatches().dueTimes(groups(ready('a', '10.0.0.1'), waiting('a', '10.0.0.2')), 100)).toEqual(
      new Map([['attach/a', 1_600]]),
    );
  });

  it('of a stream, waits until nothing came for a while', () => {
    const batches = new AttachBatches();
    expect(batches.dueTimes(groups(ready('a', '10.0.0.1'), waiting('b', ...some(20))), 0).get('attach/a')).toBe(1_500);
    expect(batches.dueTimes(groups(ready('a', '10.0.0.1'), waiting('b', ...some(21))), 1_000).get('attach/a')).toBe(
      2_500,
    );
    const all = [ready('a', '10.0.0.1'), ready('b', ...some(21))];
    expect(batches.dueTimes(groups(...all), 2_000).get('attach/a')).toBe(2_500);
    expect(batches.dueTimes(groups(...all), 2_500)).toEqual(
      new Map([
        ['attach/a', 2_500],
        ['attach/b', 2_500],
      ]),
    );
  });

  it('waits for no stream without end, and anew after each call', () => {
    const batches = new AttachBatches();
    for (let second = 0; second < 15; second += 1) {
      const due = batches.dueTimes(groups(ready('a', ...some(10, second))), second * 1_000).get('attach/a');
      if (second === 9) expect(due).toBe(9_500);
      if (second === 10) {
        expect(due).toBe(10_000);
        batches.begun({ key: 'attach/a' });
      }
      if (second > 10) expect(due).toBe(second * 1_000 + 500);
    }
  });

  it('what is only asked for again, as after a failure, waits for nothing', () => {
    const batches = new AttachBatches();
    batches.dueTimes(groups(ready('a', ...some(10))), 0);
    expect(batches.dueTimes(groups(ready('a', ...some(10))), 5_000).get('attach/a')).toBeLessThanOrEqual(5_000);
  });
});
