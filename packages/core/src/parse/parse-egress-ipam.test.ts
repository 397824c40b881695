import { describe, expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import { buildSnapshot } from '../snapshot/build-snapshot.ts';
import type { EgressIPAMSnapshot } from '../snapshot/snapshot.ts';
import { mostAssignments, parseEgressIPAM } from './parse-egress-ipam.ts';

const times = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index));

const pool = (more: Partial<EgressIPAMSnapshot> = {}): EgressIPAMSnapshot => ({
  name: 'pool',
  createdAt: '2026-01-01T00:00:00Z',
  topologyLabel: 'zone',
  cidrAssignments: [{ CIDR: '10.0.0.0/8', labelValue: 'a' }],
  ...more,
});

// Each took half a minute and more, and takes a moment.
describe('lists without end of one object', () => {
  it('of CIDR assignments are used up to what an annotation can hold, and the others are told of', () => {
    const cidrAssignments = times(10_000, (index) => ({
      CIDR: `10.${index >> 8}.${index & 255}.0/24`,
      labelValue: 'a',
    }));
    const { assignments, findings } = parseEgressIPAM(pool({ cidrAssignments }));
    expect(assignments).toHaveLength(mostAssignments);
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'TooManyEntries',
        field: 'spec.cidrAssignments',
        message: expect.stringContaining('9872') as string,
      }),
    ]);
  });

  it('of requirements select nothing, and are told of', () => {
    const matchExpressions = times(10_000, (index) => ({ key: `key-${index}`, operator: 'DoesNotExist' }));
    const { selectsNode, selectsNamespace, findings } = parseEgressIPAM(
      pool({ nodeSelector: { matchExpressions }, namespaceSelector: { matchExpressions } }),
    );
    expect([selectsNode({}), selectsNamespace({})]).toEqual([false, false]);
    expect(findings.map(({ code, field }) => [code, field])).toEqual([
      ['TooManyEntries', 'spec.nodeSelector'],
      ['TooManyEntries', 'spec.namespaceSelector'],
    ]);
  });

  it('of destinations change nothing, and are told of', () => {
    const { destinations, findings } = parseEgressIPAM(
      pool({ excludedCIDRs: times(100_000, (index) => `10.${index >> 8}.${index & 255}.0/24`) }),
    );
    expect(destinations).toBeUndefined();
    expect(findings.map(({ code, field }) => [code, field])).toEqual([['TooManyEntries', 'spec.excludedCIDRs']]);
  });

  it('of reserved ranges that lie in each other are those that lie around them', () => {
    const reservedIPs = times(50_000, (index) => `10.0.0.${index % 250}-10.250.0.${index % 250}`);
    const [assignment] = parseEgressIPAM(
      pool({ cidrAssignments: [{ CIDR: '10.0.0.0/8', labelValue: 'a', reservedIPs }] }),
    ).assignments;
    expect(assignment?.reserved).toHaveLength(2);
  });
});

it('gives nodes that thousands of EgressIPAMs select to the oldest, and says so of each other one', () => {
  const egressIPAMs = times(2_000, (index) => pool({ name: `pool-${String(index).padStart(4, '0')}` }));
  const nodes = times(2_000, (index) => ({ name: `node-${index}`, labels: { zone: 'a' }, ready: true, addresses: [] }));
  const { findings } = plan(buildSnapshot({ egressIPAMs, nodes }));
  const told = findings.filter(({ code }) => code === 'OverlappingNodes');
  expect(told).toHaveLength(1_999);
  expect(told[0]?.message).toContain(
    '2000 of its nodes (node-0, node-1, node-10, …) belong to the older EgressIPAM pool-0000',
  );
});
