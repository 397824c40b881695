import {
  buildSnapshot,
  concernsByEgressIPAM,
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
  const whole = { allocations: [], waiting: [], findings: [], ...plan } as unknown as Plan;
  const served = whole.allocations.length;
  const claims = served + whole.waiting.length;
  const refused = whole.waiting.filter(({ mender }) => mender === 'owner').length;
  const { conditions } = statusOf(
    concernsByEgressIPAM(whole)('pool'),
    buildSnapshot({}),
    { ...report, claims, served, refused },
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

  it('tells those apart whose traffic leaves with node addresses from those that something else carries', () => {
    const switching = { ...allocation('switching', false), carrying: ['10.0.0.9'] };
    const messageOf = (allocations: Plan['allocations']): unknown => {
      const plan = { allocations, waiting: [], findings: [] } as unknown as Plan;
      const { conditions } = statusOf(concernsByEgressIPAM(plan)('pool'), buildSnapshot({}), report, {});
      return (conditions as readonly Record<'type' | 'message', string>[]).find(({ type }) => type === 'Assigned')
        ?.message;
    };
    expect(messageOf([switching])).toBe(
      'no node carries addresses of 1 namespace: switching; other addresses of theirs carry the traffic',
    );
    expect(messageOf([switching, allocation('lost', false)])).toBe(
      'no node carries addresses of 2 namespaces: switching, lost; traffic of 1 namespace leaves with node addresses: lost',
    );
    const { addresses } = allocation('full', false);
    const isDropped = 'is dropped, as interfaces lack the addresses that it is sent out by: full';
    expect(messageOf([{ ...allocation('full', false), unattached: addresses }])).toBe(
      `no node carries addresses of 1 namespace: full; traffic of 1 namespace ${isDropped}`,
    );
    expect(messageOf([{ ...allocation('full', false), unattached: addresses }, allocation('lost', false)])).toBe(
      `no node carries addresses of 2 namespaces: full, lost; traffic of 1 namespace leaves with node addresses: lost; traffic of 1 namespace ${isDropped}`,
    );
  });

  it('law 12: says so where nobody can tell by whose addresses traffic leaves, which are on nodes', () => {
    const unsure = { ...allocation('unsure', false), carrying: ['10.0.0.1'] };
    expect(conditionsOf({ allocations: [unsure] })).toEqual({
      Ready: ['False', 'NotCarried'],
      Degraded: ['True', 'NotCarried'],
      Assigned: ['True', 'AllAssigned'],
    });
  });

  it('law 12: is degraded by every error about a namespace that has its addresses', () => {
    const mark = { ...conflict, code: 'JoinedNetwork' };
    const plan = { allocations: [allocation('shared', true)], findings: [mark] };
    expect(conditionsOf(plan)).toMatchObject({ Ready: ['True', 'AllServed'], Degraded: ['True', 'JoinedNetwork'] });
    expect(conditionsOf({ ...plan, allocations: [allocation('shared', false)] })).toMatchObject({
      Degraded: ['True', 'NotCarried'],
    });
  });

  it('law 8: what a tenant mistyped is no trouble of the EgressIPAM, though the namespace has its addresses', () => {
    const mistyped = { ...conflict, code: 'InvalidObject', object: { kind: 'Namespace', name: 'a' } };
    expect(conditionsOf({ allocations: [allocation('a', true)], findings: [mistyped] })).toMatchObject({
      Ready: ['True', 'AllServed'],
      Degraded: ['False', 'AsExpected'],
    });
  });

  it('calls all well when all carry', () => {
    expect(conditionsOf({ allocations: [allocation('a', true)] })).toEqual({
      Ready: ['True', 'AllServed'],
      Degraded: ['False', 'AsExpected'],
      Assigned: ['True', 'AllAssigned'],
    });
  });

  const wait = (mender: 'owner' | 'cluster'): Plan['waiting'][number] => ({
    namespace: mender,
    egressIPAM: 'pool',
    mender,
    reason: {
      code: mender === 'owner' ? 'InvalidAddress' : 'WaitingForNodes',
      severity: 'error',
      object: { kind: 'Namespace', name: mender },
      message: `${mender} is to mend it`,
    },
  });
  const finding = (severity: 'error' | 'warning'): Plan['findings'][number] => ({
    code: severity === 'error' ? 'NoCIDRAssignments' : 'NoSpareCapacity',
    severity,
    object: { kind: 'EgressIPAM', name: 'pool' },
    message: `a finding, ${severity}`,
  });
  const conflict: Plan['findings'][number] = {
    code: 'AddressConflict',
    severity: 'error',
    object: { kind: 'Namespace', name: 'shared' },
    message: 'node x uses it too',
  };
  // From the worst to what is no trouble of the EgressIPAM at all.
  const causes: readonly (Partial<Plan> & { readonly ready: string; readonly degraded: string })[] = [
    { allocations: [allocation('lost', false)], ready: 'NotCarried', degraded: 'NotCarried' },
    {
      allocations: [allocation('shared', true)],
      findings: [conflict],
      ready: 'AllServed',
      degraded: 'AddressConflict',
    },
    { findings: [finding('error')], ready: 'AllServed', degraded: 'NoCIDRAssignments' },
    { waiting: [wait('cluster')], ready: 'ClaimsWaiting', degraded: 'ClaimsWaiting' },
    { findings: [finding('warning')], ready: 'AllServed', degraded: 'NoSpareCapacity' },
    { waiting: [wait('owner')], ready: 'SomeRefused', degraded: 'AsExpected' },
  ];
  const pairs = causes.flatMap((worse, index) =>
    causes.slice(index).flatMap((other) => [[worse, other] as const, [other, worse] as const]),
  );

  it.each(pairs.map(([one, other]) => [one.degraded, other.degraded, one, other] as const))(
    'names the worst of %s and %s first',
    (_, __, one, other) => {
      const both = [...new Set([one, other])];
      const plan = {
        allocations: both.flatMap(({ allocations = [] }) => allocations),
        findings: both.flatMap(({ findings = [] }) => findings),
        waiting: both.flatMap(({ waiting = [] }) => waiting),
      };
      const worst = causes.find((cause) => both.includes(cause));
      const ready = causes.find((cause) => both.includes(cause) && cause.ready !== 'AllServed')?.ready ?? 'AllServed';
      const { Ready, Degraded } = conditionsOf(plan);
      expect(Ready).toEqual([['AllServed', 'SomeRefused'].includes(ready) ? 'True' : 'False', ready]);
      expect(Degraded).toEqual([worst?.degraded === 'AsExpected' ? 'False' : 'True', worst?.degraded]);
    },
  );

  it('has every trouble in its message, and those first that nobody but the cluster can mend', () => {
    const status = statusOf(
      concernsByEgressIPAM({
        allocations: [allocation('lost', false), allocation('shared', true)],
        waiting: [...Array.from({ length: 10 }, () => wait('owner')), wait('cluster')],
        findings: [finding('warning'), finding('error'), conflict],
      } as unknown as Plan)('pool'),
      buildSnapshot({}),
      report,
      {},
    );
    const [ready, degraded] = status['conditions'] as readonly { readonly message: string }[];
    expect(ready?.message).toBe(
      'addresses of 1 namespace carry no traffic: lost; 1 namespace waits: cluster (WaitingForNodes); 1 of 2 namespaces served (1 refused for what owners wrote)',
    );
    expect(degraded?.message).toBe(
      'addresses of 1 namespace carry no traffic: lost; something else uses addresses of 1 namespace too: shared (AddressConflict); a finding, error (NoCIDRAssignments); 1 namespace waits: cluster (WaitingForNodes); a finding, warning (NoSpareCapacity)',
    );
    expect((status['waitingClaims'] as readonly { readonly namespace: string }[])[0]?.namespace).toBe('cluster');
  });

  it('writes down what was refused in its CIDRs, so many at the most', () => {
    const entry = (address: string): RefusedAddress => ({ address, reason: 'InUse', since: '2026-01-01T00:00:00Z' });
    const own = Array.from({ length: 101 }, (_, index) => entry(`10.0.0.${index}`));
    const { refusedAddresses } = statusOf(
      concernsByEgressIPAM({ allocations: [], waiting: [], findings: [] } as unknown as Plan)('pool'),
      buildSnapshot({}),
      { ...report, cidrs: [{ cidr: '10.0.0.0/24', free: '0', nodes: [] }] } as unknown as EgressIPAMReport,
      {},
      [entry('10.9.0.1'), ...own],
    );
    expect(refusedAddresses).toEqual(own.slice(0, 100));
  });
});
