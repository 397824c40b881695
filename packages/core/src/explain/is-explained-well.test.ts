import { expect, it } from 'vitest';
import { buildSnapshot } from '../snapshot/build-snapshot.ts';
import { plan } from '../plan/planner.ts';
import type { Plan } from '../plan/plan-types.ts';
import { explain, type Subject } from './explain.ts';
import { isExplainedWell } from './is-explained-well.ts';

const snapshot = buildSnapshot({
  egressIPAMs: [
    {
      name: 'pool',
      createdAt: '2026-01-01T00:00:00Z',
      topologyLabel: 'zone',
      cidrAssignments: [{ CIDR: 'fd00::/64', labelValue: 'a' }],
    },
  ],
  namespaces: ['shop', 'bank'].map((name) => ({ name, createdAt: '2026-01-01T00:00:00Z', egressIPAM: 'pool' })),
  nodes: [{ name: 'n1', labels: { zone: 'a' }, ready: true, addresses: ['fd00::ff'] }],
});
const made = plan(snapshot);
const [shop, bank] = ['shop', 'bank'].map((name) => made.allocations.find(({ namespace }) => namespace === name));
const well: Plan = {
  ...made,
  steps: [],
  findings: [],
  waiting: [],
  allocations: [shop, bank].flatMap((allocation) =>
    allocation === undefined ? [] : [{ ...allocation, carried: true }],
  ),
};
const subjects: readonly Subject[] = [
  { kind: 'namespace', name: 'shop' },
  { kind: 'namespace', name: 'bank' },
  { kind: 'egressipam', name: 'pool' },
  { kind: 'node', name: 'n1' },
  { kind: 'address', name: `${shop?.addresses[0]?.replace('::', ':0::')}` },
];
const unwell = (result: Plan): readonly string[] =>
  subjects
    .filter((subject) => !isExplainedWell(result, explain(snapshot, result, subject)))
    .map(({ kind, name }) => (kind === 'namespace' ? name : kind));
const waiting = (mender: 'owner' | 'cluster'): Plan['waiting'] => [
  {
    namespace: 'bank',
    egressIPAM: 'pool',
    mender,
    reason: {
      code: 'AddressesExhausted',
      severity: 'error',
      object: { kind: 'Namespace', name: 'bank' },
      message: 'none is left',
    },
  },
];

it.each<readonly [string, Partial<Plan>, readonly string[]]>([
  ['nobody', {}, []],
  [
    'whom an address without traffic concerns',
    { allocations: well.allocations.map((entry) => ({ ...entry, carried: entry.namespace !== 'shop' })) },
    ['shop', 'egressipam', 'node', 'address'],
  ],
  ['who waits, and its EgressIPAM', { waiting: waiting('cluster') }, ['bank', 'egressipam']],
  ['who mistyped, alone', { waiting: waiting('owner') }, ['bank']],
  [
    'what is to be written',
    { steps: made.steps.filter(({ namespace }) => namespace === 'bank') },
    ['bank', 'egressipam'],
  ],
])('calls unwell %s', (_whom, worse, expected) => {
  expect(unwell({ ...well, ...worse })).toEqual(expected);
});

it('finds nothing well that is not there', () => {
  expect(isExplainedWell(well, explain(snapshot, well, { kind: 'node', name: 'n9' }))).toBe(false);
});
