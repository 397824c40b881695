import { buildSnapshot, type Allocation, type AllocationSource, type Plan } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { holdingsOf, newsBetween, type Holdings } from './news.ts';

const allocation = (
  namespace: string,
  placements: Readonly<Record<string, string | null>>,
  source: AllocationSource = 'kept',
): Allocation => ({
  namespace,
  egressIPAM: 'pool',
  source,
  addresses: Object.keys(placements),
  nodes: Object.values(placements),
  carried: true,
});
const holdings = (allocations: readonly Allocation[], before?: Holdings): Holdings =>
  holdingsOf({ allocations } as unknown as Plan, before);
const present = buildSnapshot({
  namespaces: ['shop', 'bank'].map((name) => ({ name, createdAt: '2026-01-01T00:00:00Z' })),
});
const told = (before: Holdings, after: Holdings): readonly string[] =>
  newsBetween(before, after, present).map(({ namespace, reason, message }) => `${namespace}: ${reason}: ${message}`);

describe('what namespaces are told', () => {
  const before = holdings([allocation('shop', { '10.0.0.1': 'a', '10.0.1.1': 'b' })]);

  it('is nothing while nothing changes', () => {
    expect(told(before, holdings([allocation('shop', { '10.0.0.1': 'a', '10.0.1.1': 'b' })]))).toEqual([]);
    expect(told(before, holdings([allocation('shop', { '10.0.0.1': null, '10.0.1.1': 'b' })]))).toEqual([]);
  });

  it('is which addresses they have, and on which nodes', () => {
    expect(
      told(
        before,
        holdings([
          allocation('bank', { '10.0.0.2': 'a', '10.0.1.2': null }),
          allocation('shop', { '10.0.0.1': 'a', '10.0.1.1': 'b' }),
        ]),
      ),
    ).toEqual(['bank: Allocated: EgressIPAM pool gives it 10.0.0.2 (on node a), 10.0.1.2']);
  });

  it('is where addresses went', () => {
    expect(told(before, holdings([allocation('shop', { '10.0.0.1': 'c', '10.0.1.1': 'b' })]))).toEqual([
      'shop: Placed: 10.0.0.1 moved from node a to node c',
    ]);
    expect(
      told(holdings([allocation('shop', { '10.0.0.1': null })]), holdings([allocation('shop', { '10.0.0.1': 'c' })])),
    ).toEqual(['shop: Placed: 10.0.0.1 is on node c']);
  });

  it('is not where OVN-Kubernetes moves them', () => {
    const onOvn = (node: string): Holdings =>
      holdings([{ ...allocation('shop', { '10.0.0.1': node }), state: 'Assigned' }]);
    expect(told(onOvn('a'), onOvn('b'))).toEqual([]);
  });

  it('is what they gave back, unless they are gone themselves', () => {
    expect(told(before, holdings([]))).toEqual(['shop: Released: 10.0.0.1, 10.0.1.1 went back to EgressIPAM pool']);
    expect(told(before, holdings([allocation('shop', { '10.0.0.9': 'a', '10.0.1.1': 'b' })]))).toEqual([
      'shop: Released: 10.0.0.1 went back to EgressIPAM pool',
      'shop: Allocated: EgressIPAM pool gives it 10.0.0.9 (on node a)',
    ]);
    expect(newsBetween(before, holdings([]), buildSnapshot({}))).toEqual([]);
  });

  it('waits until it is written', () => {
    const asked = [allocation('shop', { '10.0.0.9': 'a' }, 'input'), allocation('bank', { '10.0.0.2': 'a' }, 'new')];
    expect(told(before, holdings(asked, before))).toEqual([]);
  });
});
