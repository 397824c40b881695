import { buildSnapshot, finalizerName, plan } from '@egressip-ipam/core';
import { expect, it } from 'vitest';
import { leaving } from './leaving.ts';

const namespace = { createdAt: '2026-01-01T00:00:00Z' };
const snapshot = buildSnapshot({
  time: '2026-06-01T00:00:00Z',
  egressIPAMs: [
    { name: 'pool', createdAt: '', topologyLabel: 'zone', cidrAssignments: [] },
    { name: 'old', createdAt: '', topologyLabel: 'zone', cidrAssignments: [], deletedAt: '2026-05-01T00:00:00Z' },
  ],
  namespaces: [
    { ...namespace, name: 'has', egressIPAM: 'pool' },
    { ...namespace, name: 'had', egressIPAM: 'gone', allocated: 'gone/10.0.0.1', egressIPs: '10.0.0.1' },
    { ...namespace, name: 'none' },
  ],
});

it('deletes every EgressIPAM, and drops claims from those that are gone', () => {
  const { egressIPAMs, namespaces } = leaving(snapshot);
  expect(egressIPAMs.map(({ name, deletedAt, finalizers }) => [name, deletedAt, finalizers])).toEqual([
    ['old', '2026-05-01T00:00:00Z', [finalizerName]],
    ['pool', '2026-06-01T00:00:00Z', [finalizerName]],
  ]);
  expect(namespaces.map(({ name, egressIPAM }) => [name, egressIPAM])).toEqual([
    ['had', undefined],
    ['has', 'pool'],
    ['none', undefined],
  ]);
});

it('has what a lost EgressIPAM gave taken back, which stays otherwise', () => {
  const touched = (seen: typeof snapshot): readonly (string | undefined)[] =>
    plan(seen).steps.map((step) => step.namespace);
  expect(touched(snapshot)).not.toContain('had');
  expect(touched(leaving(snapshot))).toContain('had');
});
