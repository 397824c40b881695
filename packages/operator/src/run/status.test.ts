import {
  buildSnapshot,
  type Allocation,
  type EgressIPAMReport,
  type Plan,
  type RefusedAddress,
} from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { statusOf } from './status.ts';

const allocation = (namespace: string, carried: boolean): Allocation => ({
  namespace,
  egressIPAM: 'pool',
  source: 'kept',
  addresses: ['10.0.0.1'],
  nodes: ['n1'],
  carried,
  state: carried ? 'Assigned' : 'Unassigned',
});
const report = {
  name: 'pool',
  deleting: false,
  claims: 2,
  served: 1,
  carried: 1,
  waiting: 1,
  refused: 1,
  cidrs: [],
  states: { Assigned: 1, Unassigned: 1 },
} as unknown as EgressIPAMReport;
const conditionsOf = (plan: Partial<Plan>): Readonly<Record<string, readonly string[]>> => {
  const { conditions } = statusOf(
    { allocations: [], waiting: [], findings: [], ...plan } as unknown as Plan,
    buildSnapshot({}),
    report,
    {},
  );
  return Object.fromEntries(
    (conditions as readonly Record<'type' | 'status' | 'reason', string>[]).map(({ type, status, reason }) => [
      type,
      [status, reason],
    ]),
  );
};

describe('the status of an EgressIPAM', () => {
  it('law 12: calls nothing well while one namespace is not carried, though another that waits is', () => {
    const waiting: Plan['waiting'] = [
      {
        namespace: 'a',
        egressIPAM: 'pool',
        mender: 'owner',
        reason: { code: 'AddressInUse', severity: 'error', object: { kind: 'Namespace', name: 'a' }, message: '' },
      },
    ];
    expect(conditionsOf({ allocations: [allocation('a', true), allocation('b', false)], waiting })).toEqual({
      Ready: ['False', 'NotCarried'],
      Degraded: ['True', 'NotCarried'],
      Assigned: ['False', 'Unassigned'],
    });
  });

  it('calls all well when all carry', () => {
    expect(conditionsOf({ allocations: [allocation('a', true)] })).toEqual({
      Ready: ['True', 'AllServed'],
      Degraded: ['False', 'AsExpected'],
      Assigned: ['True', 'AllAssigned'],
    });
  });

  it('writes down what was refused in its CIDRs, so many at the most', () => {
    const entry = (address: string): RefusedAddress => ({ address, reason: 'InUse', since: '2026-01-01T00:00:00Z' });
    const own = Array.from({ length: 101 }, (_, index) => entry(`10.0.0.${index}`));
    const { refusedAddresses } = statusOf(
      { allocations: [], waiting: [], findings: [] } as unknown as Plan,
      buildSnapshot({}),
      { ...report, cidrs: [{ cidr: '10.0.0.0/24', free: '0', nodes: [] }] } as unknown as EgressIPAMReport,
      {},
      [entry('10.9.0.1'), ...own],
    );
    expect(refusedAddresses).toEqual(own.slice(0, 100));
  });
});
