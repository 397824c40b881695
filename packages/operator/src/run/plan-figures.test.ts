import type { Allocation, Plan, WaitingClaim } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { claimFigures } from './plan-figures.ts';

const allocation = (
  namespace: string,
  nodes: readonly (string | null)[],
  carried = nodes.every((node) => node !== null),
): Allocation => ({
  namespace,
  egressIPAM: 'pool',
  source: 'kept',
  addresses: nodes.map((_node, index) => `10.0.${index}.1`),
  nodes,
  carried,
});
const waiting = (namespace: string, mender: WaitingClaim['mender']): WaitingClaim => ({
  namespace,
  egressIPAM: 'pool',
  mender,
  reason: { code: 'AddressInUse', severity: 'error', object: { kind: 'Namespace', name: namespace }, message: '' },
});
const claims = (allocations: readonly Allocation[], waits: readonly WaitingClaim[] = []): unknown =>
  claimFigures({ egressIPAMs: [{ name: 'pool' }], allocations, waiting: waits } as unknown as Plan)[0]?.claims;

describe('the figures of claims', () => {
  it('count each claim once', () => {
    expect(
      claims(
        [allocation('a', ['n', 'm']), allocation('b', ['n', null])],
        [waiting('c', 'cluster'), waiting('d', 'owner')],
      ),
    ).toEqual({ carried: 1, not_carried: 1, waiting: 1, refused: 1 });
  });

  it('call carried what the plan says is', () => {
    expect(claims([allocation('a', ['n'], true), allocation('b', ['n'], false)])).toEqual({
      carried: 1,
      not_carried: 1,
      waiting: 0,
      refused: 0,
    });
  });

  it('call a claim that keeps what it has and wants more what is worse', () => {
    expect(
      claims([allocation('a', ['n']), allocation('b', [null])], [waiting('a', 'owner'), waiting('b', 'owner')]),
    ).toEqual({ carried: 0, not_carried: 1, waiting: 0, refused: 1 });
  });
});
