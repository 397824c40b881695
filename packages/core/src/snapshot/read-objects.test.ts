import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSelector } from './label-selector.ts';
import { readEgressIPAM } from './read-egress-ipam.ts';
import { readInfrastructure } from './read-infrastructure.ts';
import { readNamespace } from './read-namespace.ts';
import { readNode } from './read-node.ts';

const readers = {
  readEgressIPAM,
  readNamespace,
  readNode: (object: unknown) => readNode(object, ['k8s.example/host-cidrs']),
  readInfrastructure,
};

/** A whole object of every kind in one: each reader takes its own fields. */
const whole = {
  metadata: {
    name: 'thing',
    creationTimestamp: '2026-01-01T00:00:00Z',
    deletionTimestamp: '2026-01-02T00:00:00Z',
    generation: 3,
    finalizers: ['EgressIPAM_controller'],
    labels: { zone: 'a', 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' },
    annotations: {
      'egressip-ipam-operator.redhat-cop.io/egressips': '10.0.0.5',
      'k8s.example/host-cidrs': '["10.0.0.1/24"]',
    },
  },
  hostIP: '10.0.0.1',
  egressIPs: ['10.0.0.5'],
  egressCIDRs: ['10.0.0.0/24'],
  spec: {
    topologyLabel: 'zone',
    providerID: 'aws:///a/i-1',
    node: 'worker-1',
    egressIPs: ['10.0.0.5'],
    nodeSelector: {
      matchLabels: { role: 'egress' },
      matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }],
    },
    namespaceSelector: { matchLabels: { team: 'red' } },
    podSelector: { matchLabels: { app: 'web' } },
    cidrAssignments: [{ CIDR: '10.0.0.0/24', labelValue: 'a', reservedIPs: ['10.0.0.1'], drain: false }],
    coolDown: '10m',
    podsPerNamespace: 20,
    destinationCIDRs: ['10.0.0.0/8'],
    excludedCIDRs: ['10.1.0.0/16'],
  },
  status: {
    nodeInfo: { bootID: '0b1c' },
    platformStatus: { type: 'BareMetal', baremetal: { apiServerInternalIPs: ['10.0.0.2'], ingressIP: '10.0.0.3' } },
    addresses: [
      { type: 'InternalIP', address: '10.0.0.1' },
      { type: 'Hostname', address: 'worker-1' },
    ],
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Assigned', status: 'False', reason: 'CloudResponseError' },
    ],
    items: [{ node: 'worker-1', egressIP: '10.0.0.5' }],
    released: [{ namespace: 'old', addresses: ['10.0.0.9'], releasedAt: '2026-01-01T00:00:00Z' }],
    refusedAddresses: [{ address: '10.0.0.8', reason: 'InUse', since: '2026-01-01T00:00:00Z' }],
  },
};

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every path in the object, as lists of keys. */
function pathsOf(value: Json, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

function replaceAt(value: Json, [key, ...rest]: readonly string[], garbage: Json): Json {
  if (key === undefined) return garbage;
  if (Array.isArray(value))
    return value.map((child, index) => (String(index) === key ? replaceAt(child, rest, garbage) : child));
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, [key]: replaceAt(value[key] ?? null, rest, garbage) };
}

const garbage = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<Json[]>(null, 0, -1, '', [], {}, true, [null], [[]], [{}], { __proto__: null }),
) as fc.Arbitrary<Json>;

describe.each(Object.entries(readers))('%s', (_name, read) => {
  it('reads a whole object without a finding', () => {
    const result = read(whole);
    expect(result.ok).toBe(true);
    expect(result.problems).toEqual([]);
  });

  it('never throws, and gives a value or a finding, for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (object) => {
        const result = read(object);
        expect(result.ok || result.problems.length > 0).toBe(true);
      }),
    );
  });

  it('survives garbage anywhere in a whole object, and names the object and the field in each finding', () => {
    const changes = fc.array(fc.tuple(fc.constantFrom(...pathsOf(whole)), garbage), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(changes, (list) => {
        const broken = list.reduce<Json>((object, [path, value]) => replaceAt(object, path, value), whole);
        const result = read(broken);
        expect(result.ok || result.problems.length > 0).toBe(true);
        for (const problem of result.problems) {
          expect(problem).toMatchObject({
            code: 'InvalidObject',
            field: expect.stringMatching(/./),
            message: expect.stringMatching(/./),
          });
        }
      }),
      { numRuns: 1250 },
    );
  });
});

describe('a field that is garbage', () => {
  it.each([
    ['spec.topologyLabel', readEgressIPAM],
    ['spec.cidrAssignments', readEgressIPAM],
    ['spec.nodeSelector', readEgressIPAM],
    ['spec.namespaceSelector', readEgressIPAM],
    ['spec.nodeSelector.matchLabels', readEgressIPAM],
    ['metadata.labels', readNamespace],
    ['spec.providerID', readNode],
    ['status.conditions', readNode],
    ['status.platformStatus.type', readInfrastructure],
  ])('%s is a finding (%o), and the rest is still read', (path, read) => {
    const result = read(replaceAt(whole, path.split('.'), 7));
    expect(result.ok).toBe(true);
    expect(result.problems.map(({ field }) => field)).toContain(path);
  });
});

describe('a selector with garbage in it', () => {
  it.each<[string, Json]>([
    ['spec.namespaceSelector', 'team=red'],
    ['spec.namespaceSelector.matchLabels', ['red']],
    ['spec.namespaceSelector.matchLabels', { team: 1 }],
    ['spec.namespaceSelector', { matchExpressions: [{ key: 'team' }] }],
    ['spec.namespaceSelector', { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['blue', 7] }] }],
  ])('%s: %j selects nothing, not everything', (path, value) => {
    const result = readEgressIPAM(replaceAt(whole, path.split('.'), value));
    const selector = result.ok ? result.value.namespaceSelector : undefined;
    expect(compileSelector(selector ?? {}).ok).toBe(false);
    expect(result.problems[0]?.field).toContain('spec.namespaceSelector');
  });
});

describe('a node whose kubelet writes as much as fits into an object', () => {
  it('is read as far as any node goes, and that is said', () => {
    const many = Array.from({ length: 40_000 }, (_, index) => index);
    const addressOf = (index: number): string => `10.9.${index >> 8}.${index & 255}`;
    const metadata = { name: 'node', annotations: { 'k8s.example/gateways': 'x'.repeat(250_000) } };
    const whole = {
      metadata: { ...metadata, labels: Object.fromEntries(many.map((index) => [`k${index}`, 'v'])) },
      spec: {
        podCIDRs: many.map((index) => `${addressOf(index)}/32`),
        taints: many.map((index) => ({ key: `t${index}`, effect: 'NoSchedule' })),
      },
      status: { addresses: many.map((index) => ({ type: 'InternalIP', address: addressOf(index) })) },
    };
    const read = readNode(whole, ['k8s.example/gateways']);
    expect(JSON.stringify(read).length).toBeLessThan(30_000);
    expect(read.problems.map(({ field }) => field).sort()).toEqual([
      'metadata.annotations.k8s.example/gateways',
      'metadata.labels',
      'spec.podCIDRs',
      'spec.taints',
      'status.addresses',
    ]);
  });
});
