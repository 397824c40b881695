import { ownershipLabel, type ClusterSnapshot } from '@egressip-ipam/core';
import { aNamespace } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { egressIPKind, type EgressIPEntry } from '../kinds/egress-ip.ts';
import {
  aForeignEgressIP,
  anEgressIP,
  codesOf,
  egressIPsOf,
  findingsOf,
  onOvn,
  planOf,
  settled,
  withEach,
  withEgressIPs,
  writesOf,
} from '../testing/builders.ts';

const annotated = aNamespace('shop', 0, { egressIPs: '10.0.0.9' });

describe('EgressIPs that were there before', () => {
  it('are adopted with just the addresses that their namespace is annotated with', () => {
    const snapshot = onOvn({ namespaces: [annotated] }, [aForeignEgressIP('shop', ['10.0.0.9'])]);
    const result = planOf(snapshot);
    expect(result.allocations).toMatchObject([{ namespace: 'shop', addresses: ['10.0.0.9'], source: 'kept' }]);
    expect(result.findings.filter(({ severity, code }) => severity === 'error' && code !== 'Unassigned')).toEqual([]);
    expect(writesOf(snapshot)).toContain('apply EgressIP/egressip-shop');
  });

  it('are adopted under the name that a person gave them', () => {
    const byHand = aForeignEgressIP('shop', ['10.0.0.9'], { name: 'made-by-hand' });
    const adopted = settled(onOvn({ namespaces: [annotated] }, [byHand]));
    expect(egressIPsOf(adopted)).toMatchObject([{ name: 'made-by-hand', egressIPAM: 'pool', egressIPs: ['10.0.0.9'] }]);
    expect(planOf(adopted).steps).toEqual([]);
    const optedOut = { ...adopted, namespaces: adopted.namespaces.map(({ egressIPAM: _egressIPAM, ...rest }) => rest) };
    expect(egressIPsOf(settled(optedOut))).toEqual([]);
  });

  it('are no reason to leave the one that carries the namespace already', () => {
    const adopted = settled(
      onOvn({ namespaces: [annotated] }, [aForeignEgressIP('shop', ['10.0.0.9'], { name: 'made-by-hand' })]),
    );
    const both = withEgressIPs(adopted, [aForeignEgressIP('shop', ['10.0.0.9']), ...egressIPsOf(adopted)]);
    expect(planOf(both).steps).toEqual([]);
    expect(codesOf(both)).toEqual(expect.arrayContaining(['AddressConflict', 'OverlappingEgressIP']));
  });

  it('law 12: is not called carried while another EgressIP selects it, and leaves with no address of a node', () => {
    const had = aNamespace('shop', 0, { egressIPs: '10.0.0.9', allocated: 'pool/10.0.0.9' });
    const ours = anEgressIP('shop', ['10.0.0.9'], { assigned: [{ egressIP: '10.0.0.9', node: 'n1' }] });
    const served = settled(onOvn({ namespaces: [had] }, [ours]));
    expect(planOf(served).allocations).toMatchObject([{ carried: true, state: 'Assigned' }]);
    const everyone = aForeignEgressIP('everyone', ['10.0.9.9'], { namespaceSelector: {} });
    const both = withEgressIPs(served, [...egressIPsOf(served), everyone]);
    const { allocations, egressIPAMs, steps } = planOf(both);
    expect(allocations).toMatchObject([{ carried: false, carrying: ['10.0.0.9'], state: 'Conflict' }]);
    expect(egressIPAMs).toMatchObject([{ carried: 0, cidrs: [{ carried: 0 }] }]);
    expect(findingsOf(both, 'OverlappingEgressIP')).toMatchObject([{ severity: 'error' }]);
    expect(steps).toEqual([]);
  });

  it.each([
    ['other addresses', aForeignEgressIP('shop', ['10.0.0.9', '10.0.0.10'])],
    [
      'another namespace',
      aForeignEgressIP('shop', ['10.0.0.9'], {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'web' } },
      }),
    ],
  ])('are left alone with %s', (_what, egressIP) => {
    const snapshot = onOvn({ namespaces: [annotated] }, [egressIP]);
    expect(writesOf(snapshot).filter((write) => !write.startsWith('label'))).toEqual([]);
    expect(
      planOf(snapshot).findings.some(({ severity, object }) => severity === 'error' && object.name === 'shop'),
    ).toBe(true);
  });
});

describe('law 5: an EgressIP that a person copied, our label with it', () => {
  const served = settled(onOvn({ namespaces: [aNamespace('shop')] }));
  const withCopy = (copy: EgressIPEntry): ClusterSnapshot => withEgressIPs(served, [...egressIPsOf(served), copy]);
  const elsewhere = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'byhand' } } };

  it.each([
    ['under another name', anEgressIP('shop', ['10.0.0.20'], { name: 'copy', applied: false })],
    ['for another namespace', anEgressIP('byhand', ['10.0.0.20'], { name: 'copy', applied: false, ...elsewhere })],
    ['under the name that we would give', anEgressIP('byhand', ['10.0.0.20'], { applied: false })],
    [
      'under another name, read from a file',
      (({ applied: _applied, ...rest }) => rest)(anEgressIP('byhand', ['10.0.0.20'], { name: 'copy' })),
    ],
  ])('stays: %s', (_how, copy) => {
    expect(writesOf(withCopy(copy))).toEqual([]);
  });

  it('is not taken for ours by the managed fields that it brought along', () => {
    const managedFields = [
      { manager: 'egressip-ipam-operator', operation: 'Apply', time: '2026-01-03T00:00:00Z' },
      { manager: 'kubectl-create', operation: 'Update', time: '2026-01-05T00:00:00Z' },
    ];
    const metadata = { name: 'copy', creationTimestamp: '2026-01-05T00:00:00Z', managedFields };
    const read = egressIPKind.read({ metadata, spec: { egressIPs: [], namespaceSelector: {} } });
    expect(read).toMatchObject({ ok: true, value: { applied: false, changedAt: '2026-01-05T00:00:00Z' } });
    const ours = egressIPKind.read({ metadata: { ...metadata, creationTimestamp: '2026-01-03T00:00:00Z' } });
    expect(ours).toMatchObject({ ok: true, value: { applied: true, appliedAt: '2026-01-03T00:00:00Z' } });
  });

  it.each([
    ['is not taken for ours when it was applied in our name under a name that we do not give', 'copy', [], []],
    [
      'is ours once somebody has made it and we have taken it over',
      'copy',
      [{ 'f:spec': {} }],
      ['delete EgressIP/copy'],
    ],
    [
      'is ours when the network alone writes of it, too',
      'egressip-gone',
      [{ 'f:status': {} }],
      ['delete EgressIP/egressip-gone'],
    ],
  ])('%s', (_what, name, othersFields, written) => {
    const time = '2026-01-05T00:00:00Z';
    const others = othersFields.map((fieldsV1) => ({ manager: 'someone', operation: 'Update', time, fieldsV1 }));
    const ours = { manager: 'egressip-ipam-operator', operation: 'Apply', time, fieldsV1: { 'f:spec': {} } };
    const { egressIPs, namespaceSelector } = anEgressIP('gone', ['10.0.0.20']);
    const read = egressIPKind.read({
      metadata: {
        ...{ name, creationTimestamp: time, labels: { [ownershipLabel]: 'pool' } },
        managedFields: [ours, ...others],
      },
      spec: { egressIPs, namespaceSelector },
    });
    expect(read.ok ? writesOf(withCopy(read.value)) : read).toEqual(written);
  });

  it('is told from what we made in the last moment of a second, which its name shows', () => {
    const [made] = egressIPsOf(served);
    const read = egressIPKind.read({
      metadata: {
        name: 'egressip-shop',
        creationTimestamp: '2026-01-05T00:00:01Z',
        labels: { [ownershipLabel]: 'pool' },
        managedFields: [{ manager: 'egressip-ipam-operator', operation: 'Apply', time: '2026-01-05T00:00:00Z' }],
      },
      spec: { egressIPs: made?.egressIPs, namespaceSelector: made?.namespaceSelector },
    });
    const entry = read.ok ? read.value : undefined;
    expect(entry).toMatchObject({ appliedAt: '2026-01-05T00:00:00Z' });
    const asked = {
      ...withEgressIPs(served, entry === undefined ? [] : [entry]),
      namespaces: [aNamespace('shop', 0, { egressIPs: '10.0.0.9', allocated: 'pool/10.0.0.1' })],
    };
    expect(codesOf(asked)).not.toContain('AddressConflict');
    expect(writesOf(asked)).toContain('apply EgressIP/egressip-shop');
    const copy = { ...entry, name: 'copy' } as EgressIPEntry;
    expect(writesOf(withCopy(copy))).toEqual([]);
  });

  it.each<readonly [string, Partial<EgressIPEntry>]>([
    ['some of its pods', { podSelector: { matchLabels: { app: 'web' } } }],
    [
      'namespaces by more than the name',
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop', team: 'x' } } },
    ],
    ['other namespaces', { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] } }],
    ['another namespace', elsewhere],
  ])('is told from ours that a person made select %s, also in a file without managed fields', (_what, change) => {
    const changed = egressIPsOf(served).map(({ applied: _applied, ...entry }) => ({ ...entry, ...change }));
    const snapshot = withEgressIPs(served, changed);
    expect(writesOf(snapshot)).toEqual(['apply EgressIP/egressip-shop']);
    expect(planOf(snapshot).steps.map(({ effects }) => effects)).toEqual([{ bound: ['10.0.0.1'] }]);
    expect(codesOf(snapshot)).not.toContain('AddressConflict');
    const copied = changed.map((entry) => ({ ...entry, applied: false }));
    expect(writesOf(withEgressIPs(served, copied))).not.toContain('apply EgressIP/egressip-shop');
  });

  it('is told from our own, which goes with its namespace', () => {
    expect(writesOf(withCopy(anEgressIP('gone', ['10.0.0.20'])))).toEqual(['delete EgressIP/egressip-gone']);
  });
});

describe('law 5: an EgressIP with our label in a file without managed fields', () => {
  const served = settled(onOvn({ namespaces: [aNamespace('shop')] }));
  const fromFile = ({ applied: _applied, ...rest }: EgressIPEntry): EgressIPEntry => rest;
  const withCopy = (copy: EgressIPEntry): ClusterSnapshot =>
    withEgressIPs(served, [...egressIPsOf(served), copy].map(fromFile));
  const forShop = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } };

  it.each([
    ['of ours, under a name that ours has the beginning of', 'egressip-shop-copy', ['10.0.0.1'], forShop],
    ['of ours, under the name of a namespace that claims nothing', 'egressip-other', ['10.0.0.20'], forShop],
    ['for a namespace that is not there', 'egressip-gone', ['10.0.0.20'], {}],
  ])("is somebody's copy as far as is known, and stays: %s", (_what, name, addresses, selector) => {
    const snapshot = withCopy(anEgressIP(name.replace('egressip-', ''), addresses, { name, ...selector }));
    expect(writesOf(snapshot)).toEqual([]);
    expect(findingsOf(snapshot, 'OwnershipUnproven')).toMatchObject([{ object: { name }, addresses }]);
    expect(planOf(snapshot).steps).toEqual([]);
  });

  it('is not written over by what is on record of another address', () => {
    const namespaces = [aNamespace('shop', 0, { egressIPs: '10.0.0.9', allocated: 'pool/10.0.0.9' })];
    const snapshot = onOvn({ namespaces }, [fromFile(anEgressIP('shop', ['10.0.0.20']))]);
    expect(writesOf(snapshot).filter((write) => !write.startsWith('label'))).toEqual([]);
    expect(codesOf(snapshot)).toEqual(expect.arrayContaining(['EgressIPConflict', 'OwnershipUnproven']));
  });

  it('is ours where the record confirms it: of its namespace, or of what that gives back', () => {
    expect(planOf(withEach(served, fromFile))).toMatchObject({ steps: [] });
    expect(findingsOf(withEach(served, fromFile), 'OwnershipUnproven')).toEqual([]);
    const optedOut = {
      ...withEach(served, fromFile),
      namespaces: served.namespaces.map(({ egressIPAM: _egressIPAM, ...rest }) => rest),
    };
    expect(writesOf(optedOut)).toContain('delete EgressIP/egressip-shop');
    const released = [{ namespace: 'gone', addresses: ['10.0.0.20'], releasedAt: '2026-01-31T23:59:59Z' }];
    const remembered = {
      ...withCopy(anEgressIP('gone', ['10.0.0.20'])),
      egressIPAMs: served.egressIPAMs.map((egressIPAM) => ({ ...egressIPAM, released })),
    };
    expect(writesOf(remembered)).toContain('delete EgressIP/egressip-gone');
  });
});
