import { describe, expect, it } from 'vitest';
import type { NamespaceSnapshot } from '@egressip-ipam/core';
import {
  inShort,
  aHostSubnet,
  aNamespace,
  aNetNamespace,
  aNode,
  anEgressIPAM,
  aSnapshot,
  applyStep,
  plan,
  readySteps,
  settle,
  type FlatSnapshot,
} from './support/flat.ts';

const pool = anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=a']);
const settled = settle(
  aSnapshot({ nodes: [aNode('n1'), aNode('n2')], egressIPAMs: [pool], namespaces: [aNamespace('shop')] }),
);

/** The settled cluster, its one namespace edited. */
function edited(edit: (namespace: NamespaceSnapshot) => NamespaceSnapshot): FlatSnapshot {
  return { ...settled, namespaces: settled.namespaces.map(edit) };
}

describe('a namespace that names an EgressIPAM which is not there', () => {
  it.each([
    ['has its list', '10.0.0.1,10.0.1.1'],
    ['lost its list', undefined],
    ['has garbage for a list', 'nonsense'],
  ])('law 2: keeps what it has when it %s', (_what, egressIPs) => {
    const snapshot = edited(({ egressIPs: _egressIPs, ...rest }) => ({
      ...rest,
      egressIPAM: 'mistyped',
      ...(egressIPs === undefined ? {} : { egressIPs }),
    }));
    const result = plan(snapshot);
    expect(result.allocations.map(({ addresses }) => addresses)).toEqual([['10.0.0.1', '10.0.1.1']]);
    expect(result.steps).toEqual([]);
    expect(result.waiting.map(({ reason }) => reason.code)).toEqual(['EgressIPAMNotFound']);
  });
});

describe('a namespace that names an EgressIPAM which is not there, and lost its annotations', () => {
  it('law 2: keeps what its traffic is bound to, also when the CIDR of another EgressIPAM leaves the node', () => {
    const byCidr = settle(
      aSnapshot({
        nodes: [aNode('n1')],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'])],
        namespaces: [aNamespace('shop')],
      }),
    );
    const lost = {
      ...byCidr,
      egressIPAMs: byCidr.egressIPAMs.map((entry) => ({ ...entry, deletedAt: '2026-02-01T00:00:00Z' })),
      hostSubnets: byCidr.hostSubnets.map((entry) => ({ ...entry, egressIPs: ['10.0.0.1'] })),
      namespaces: byCidr.namespaces.map(({ name, createdAt }) => ({ name, createdAt, egressIPAM: 'mistyped' })),
    };
    const left = settle(lost);
    expect(left.hostSubnets.map(({ egressIPs, egressCIDRs }) => [egressIPs, egressCIDRs])).toEqual([
      [['10.0.0.1'], []],
    ]);
    expect(left.netNamespaces.map(({ egressIPs }) => egressIPs)).toEqual([['10.0.0.1']]);
  });
});

describe('a namespace that claims no more', () => {
  it('law 7: is unbound before its addresses go, also when its annotations are lost or say something else', () => {
    for (const egressIPs of [undefined, 'nonsense', '10.0.0.9']) {
      const snapshot = edited(({ egressIPAM: _egressIPAM, egressIPs: _egressIPs, allocated: _allocated, ...rest }) => ({
        ...rest,
        ...(egressIPs === undefined ? {} : { egressIPs }),
      }));
      const [first, ...others] = readySteps(plan(snapshot));
      expect([first, ...others].flatMap((step) => (step === undefined ? [] : [inShort(step)]))).toEqual([
        'remember pool',
        'bind shop',
      ]);
      if (first !== undefined) expect(readySteps(plan(applyStep(snapshot, first))).map(inShort)).toEqual(['bind shop']);
      const left = settle(snapshot);
      expect(left.hostSubnets.flatMap((entry) => entry.egressIPs)).toEqual([]);
      expect(left.netNamespaces.flatMap((entry) => entry.egressIPs)).toEqual([]);
      expect(left.namespaces[0]?.egressIPs).toBe(egressIPs);
    }
  });
});

describe('a namespace whose EgressIPAM gives out nothing', () => {
  it.each([
    ['all of its CIDRs drain', pool.cidrAssignments.map((assignment) => ({ ...assignment, drain: true }))],
    ['it has no CIDR that can be used', [{ CIDR: 'nonsense', labelValue: 'a' }]],
    ['it has no CIDR that can be used', []],
  ])('waits, and is told that %s', (why, cidrAssignments) => {
    const result = plan(
      aSnapshot({
        nodes: [aNode('n1')],
        egressIPAMs: [{ ...pool, cidrAssignments }],
        namespaces: [aNamespace('shop')],
      }),
    );
    expect(result.waiting.map(({ namespace, reason }) => [namespace, reason.code])).toEqual([
      ['shop', 'WaitingForAddress'],
    ]);
    expect(result.waiting[0]?.reason.message).toContain(why);
  });
});

describe('a namespace whose record is lost, as by a restore, and whose traffic leaves by what its EgressIPAM has not', () => {
  const withPool = (labelValue: string, egressIPs?: string): FlatSnapshot => ({
    ...edited(({ egressIPs: _egressIPs, allocated: _allocated, ...rest }) => ({
      ...rest,
      ...(egressIPs === undefined ? {} : { egressIPs }),
    })),
    egressIPAMs: [anEgressIPAM([`10.77.0.0/28=${labelValue}`, `10.77.1.0/28=${labelValue}`])],
  });
  const boundIn = ({ netNamespaces }: FlatSnapshot): unknown => netNamespaces.map(({ egressIPs }) => egressIPs);
  const before = boundIn(settled);

  it.each([
    ['no node can host what it could be given', withPool('elsewhere')],
    ['what it asks for is in no CIDR', withPool('a', '10.0.0.7,10.0.1.7')],
    ['no node can host what it asks for', withPool('elsewhere', '10.77.0.5,10.77.1.5')],
  ])('law 2: keeps that while %s', (_why, snapshot) => {
    expect(plan(snapshot).waiting.map(({ namespace }) => namespace)).toEqual(['shop']);
    expect(boundIn(settle(snapshot))).toEqual(before);
  });

  it.each([
    ['gets others', undefined, ['10.77.0.1', '10.77.1.1']],
    ['gets what it asks for', '10.77.0.5,10.77.1.5', ['10.77.0.5', '10.77.1.5']],
  ])('law 7: %s once they can be had, and has its own until then', (_what, egressIPs, after) => {
    const snapshot = withPool('a', egressIPs);
    expect(readySteps(plan(snapshot)).flatMap(({ effects }) => effects.unbound ?? [])).toEqual([]);
    const end = settle(snapshot);
    expect(boundIn(end)).toEqual([after]);
    expect(end.hostSubnets.flatMap((entry) => entry.egressIPs).sort()).toEqual(after);
  });
});

describe('two namespaces on record with one address', () => {
  const pair = (first: string, second: string): FlatSnapshot => {
    const record = { egressIPs: '10.0.0.5,10.0.1.5', allocated: 'pool/10.0.0.5,10.0.1.5' };
    return aSnapshot({
      nodes: [aNode('n1'), aNode('n2')],
      egressIPAMs: [pool],
      namespaces: [aNamespace(first, 0, record), aNamespace(second, 1, record)],
    });
  };

  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('law 1: it belongs to the older one, whatever comes first: %s before %s', (older, younger) => {
    const { allocations, findings, steps } = plan(pair(older, younger));
    expect(allocations.map(({ namespace }) => namespace)).toEqual([older]);
    expect(findings.filter(({ code }) => code === 'DuplicateAddress').map(({ object }) => object.name)).toEqual([
      younger,
    ]);
    expect(steps.flatMap(({ effects }) => effects.hosted ?? [])).toEqual(['10.0.0.5', '10.0.1.5']);
    expect(settle(pair(older, younger)).hostSubnets.map(({ hostedIPs }) => hostedIPs)).toEqual([
      `10.0.0.5=${older}`,
      `10.0.1.5=${older}`,
    ]);
  });

  it('law 1: it belongs to one of them alone, also where everything about each agrees', () => {
    const snapshot = {
      ...pair('a', 'b'),
      hostSubnets: [
        aHostSubnet('n1', ['10.0.0.5'], { hostedIPs: '10.0.0.5=a' }),
        aHostSubnet('n2', ['10.0.1.5'], { hostedIPs: '10.0.1.5=a' }),
      ],
      netNamespaces: ['a', 'b'].map((name) => aNetNamespace(name, ['10.0.0.5', '10.0.1.5'])),
    };
    expect(plan(snapshot).allocations.map(({ namespace }) => namespace)).toEqual(['a']);
    expect(settle(snapshot).netNamespaces).toEqual([aNetNamespace('a', ['10.0.0.5', '10.0.1.5']), aNetNamespace('b')]);
  });
});

describe('a namespace whose owner asks for what cannot be had', () => {
  it('law 11: does not have what is on record alone, as nothing that only we write shows it', () => {
    const namespace = aNamespace('shop', 0, { egressIPs: '10.9.9.9', allocated: 'pool/10.0.0.5,10.0.1.5' });
    const result = plan(aSnapshot({ nodes: [aNode('n1'), aNode('n2')], egressIPAMs: [pool], namespaces: [namespace] }));
    expect(result.allocations).toEqual([]);
    expect(result.waiting.map(({ reason }) => reason.code)).toEqual(['AddressOutsideCIDR']);
  });
});

describe('a record of what another namespace has', () => {
  const forging = (allocated: string, egressIPs?: string): FlatSnapshot => ({
    ...settled,
    namespaces: [
      aNamespace('forger', -1, { allocated, ...(egressIPs === undefined ? {} : { egressIPs }) }),
      ...settled.namespaces,
    ],
    netNamespaces: [aNetNamespace('forger'), ...settled.netNamespaces],
  });
  const forgerIn = ({ namespaces }: FlatSnapshot): NamespaceSnapshot | undefined =>
    namespaces.find(({ name }) => name === 'forger');

  it('law 11: is taken back, what its owner asks for stays and is refused, and nothing is written again', () => {
    const forged = forging('pool/10.0.0.1,10.0.1.1', '10.0.0.1,10.0.1.1');
    expect(plan(forged).steps).toMatchObject([
      { kind: 'annotate', namespace: 'forger', allocated: null, addresses: [], refuted: ['10.0.0.1', '10.0.1.1'] },
    ]);
    const end = settle(forged);
    expect(forgerIn(end)).toEqual(aNamespace('forger', -1, { egressIPs: '10.0.0.1,10.0.1.1' }));
    expect(plan(end).waiting.map(({ namespace, reason }) => [namespace, reason.code])).toEqual([
      ['forger', 'DuplicateAddress'],
    ]);
    expect(plan(end).allocations).toEqual(plan(settled).allocations);
  });

  it('keeps what is nobody else’s, and a namespace that asks for nothing gets addresses of its own', () => {
    expect(plan(forging('pool/10.0.0.1,10.0.1.9', '10.0.0.1,10.0.1.9')).steps).toMatchObject([
      { allocated: 'pool/10.0.1.9', addresses: [], refuted: ['10.0.0.1'] },
    ]);
    expect(forgerIn(settle(forging('pool/10.0.0.1,10.0.1.1')))?.allocated).toBe('pool/10.0.0.2,10.0.1.2');
  });

  it('stays while nothing proves whose it is, lest a namespace that lost its proof loses its record, too', () => {
    const { namespaces } = forging('pool/10.0.0.1,10.0.1.1', '10.0.0.1,10.0.1.1');
    const unproven = plan(aSnapshot({ nodes: [aNode('n1'), aNode('n2')], egressIPAMs: [pool], namespaces }));
    expect(unproven.waiting.map(({ namespace }) => namespace)).toEqual(['shop']);
    expect(unproven.steps.filter((step) => step.kind === 'annotate')).toEqual([]);
  });
});
