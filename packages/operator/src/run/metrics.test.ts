import { buildSnapshot, plan, type Plan, type ProviderCall, type Step } from '@egressip-ipam/core';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { labelsExplained, labelsIn } from '../../../../tools/testing/metric-labels.ts';
import { Metrics } from './metrics.ts';

const read = (path: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8');
const namesIn = (text: string): ReadonlySet<string> =>
  new Set(text.match(/(?<!:)\begressip_[a-z_]+\b/g)?.map((name) => name.replace(/_(bucket|sum|count)$/, '')));

describe('names of metrics', async () => {
  const served = namesIn(
    [...(await new Metrics().text()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name).join(' '),
  );

  it('are all explained, and nothing else is', async () => {
    const [own = ''] = (await read('docs/metrics.md')).split('## Metrics of the agents');
    expect([...namesIn(own)].sort()).toEqual([...served].sort());
  });

  it.each([
    'deploy/manifests/optional/monitoring/prometheus-rule.yaml',
    'deploy/helm/egressip-ipam-operator/files/dashboard.json',
  ])('that %s uses are served', async (path) => {
    const used = [...namesIn(await read(path))];
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !served.has(name))).toEqual([]);
  });
});

describe('a replica that leads no more', () => {
  it('says nothing of what its last plan found, so that no alert stays for ever', async () => {
    const metrics = new Metrics();
    const series = async (): Promise<readonly string[]> =>
      (await metrics.text()).split('\n').filter((line) => /^egressip_(findings|leader)\b/.test(line));
    metrics.leads(true);
    metrics.planned(
      {
        ...plan(buildSnapshot({})),
        findings: [{ code: 'Unassigned', severity: 'error', object: { kind: 'Namespace', name: 'shop' }, message: '' }],
      },
      1,
    );
    expect(await series()).toEqual(['egressip_findings{code="Unassigned"} 1', 'egressip_leader 1']);
    metrics.leads(false);
    expect(await series()).toEqual(['egressip_leader 0']);
  });
});

it('law 12: nothing is counted as carried while nobody can tell, and what was not carried stays so', async () => {
  const metrics = new Metrics();
  const claims = async (): Promise<readonly string[]> =>
    (await metrics.text()).split('\n').filter((line) => /^egressip_(claims\{.* [^0]|state_unknown)/.test(line));
  const allocations = [true, false].map((carried, index) => ({
    namespace: `ns-${index}`,
    egressIPAM: 'pool',
    carried,
  }));
  const made = { ...plan(buildSnapshot({})), egressIPAMs: [{ name: 'pool', cidrs: [] }], allocations };
  metrics.planned(made as unknown as Plan, 1);
  metrics.knowsState(false);
  const notCarried = 'egressip_claims{egressipam="pool",state="not_carried"} 1';
  const unknown = 'egressip_claims{egressipam="pool",state="unknown"} 1';
  expect((await claims()).toSorted()).toEqual([notCarried, unknown, 'egressip_state_unknown 1']);
  metrics.knowsState(true);
  expect((await claims()).toSorted()).toEqual([
    unknown.replace('unknown', 'carried'),
    notCarried,
    'egressip_state_unknown 0',
  ]);
});

describe("a table of the network's own", () => {
  it('is told with what is taken of it', async () => {
    const metrics = new Metrics();
    metrics.planned({ ...plan(buildSnapshot({})), tables: [{ table: 'pods', entries: 5, uncounted: 2, size: 20 }] }, 1);
    expect((await metrics.text()).split('\n')).toEqual(
      expect.arrayContaining([
        'egressip_network_table_entries{table="pods"} 5',
        'egressip_network_table_uncounted_namespaces{table="pods"} 2',
        'egressip_network_table_size{table="pods"} 20',
      ]),
    );
    metrics.leads(false);
    expect(await metrics.text()).not.toMatch(/^egressip_network_table/m);
  });
});

describe('series', () => {
  it('are 2,000 at most for 1,000 namespaces on 500 nodes', async () => {
    const series = (await busy().text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(series.length).toBeGreaterThan(1_000);
    expect(series.length).toBeLessThanOrEqual(2_000);
  });

  it('have the labels that are explained, and no others', async () => {
    const [page = ''] = (await read('docs/metrics.md')).split('## Metrics of the agents');
    expect(labelsIn(await busy().text())).toEqual(labelsExplained(page));
  });
});

it('what drains, or has no nodes, has no free addresses, so that the few that are allocated do not look like a full pool', async () => {
  const metrics = new Metrics();
  const cidrAssignments = [
    { CIDR: '10.0.0.0/28', labelValue: 'a', drain: true },
    { CIDR: '10.1.0.0/28', labelValue: 'b' },
    { CIDR: '10.2.0.0/28', labelValue: 'c' },
  ];
  const node = { name: 'n1', labels: { zone: 'b' }, addresses: [], ready: true };
  const pool = { name: 'pool', createdAt: '2026-01-01T00:00:00Z', topologyLabel: 'zone', cidrAssignments };
  metrics.planned(plan(buildSnapshot({ egressIPAMs: [pool], nodes: [node] })), 1);
  const free = (await metrics.text()).match(/^egressip_cidr_addresses\{.*state="free".*$/gm);
  expect(free).toEqual([expect.stringContaining('cidr="10.1.0.0/28"')]);
});

/** Of 1,000 namespaces on 500 nodes, and with a series of everything that there is. */
function busy(): Metrics {
  const metrics = new Metrics();
  const names = ['red', 'green', 'blue'];
  const cidrs = ['10.0.0.0/22', '10.1.0.0/22', '2001:db8::/64'].map((cidr) => ({
    cidr,
    reserved: '2',
    free: '18446744073709550614',
    allocated: 1000,
    placed: 1000,
    capacity: 2000,
  }));
  const waiting = names.map((namespace) => ({
    namespace,
    egressIPAM: 'red',
    reason: { code: 'WaitingForCapacity' },
  }));
  const many = {
    ...plan(buildSnapshot({})),
    egressIPAMs: names.map((name) => ({ name, cidrs })),
    nodes: Array.from({ length: 500 }, (_, index) => ({
      node: `node-${index}`,
      egressIPAM: names[index % 3],
      placed: 3,
      capacity: 14,
    })),
    waiting,
    findings: [{ code: 'Unassigned', severity: 'error', object: { kind: 'Namespace', name: 'shop' }, message: '' }],
    steps: [{ kind: 'annotate' }],
    tables: [{ table: 'pods', entries: 5, uncounted: 2, size: 20 }],
  } as unknown as Plan;
  metrics.leads(true);
  metrics.planned(many, 10);
  for (const kind of [
    'annotate',
    'host',
    'claim',
    'attach',
    'detach',
    'move',
    'finalizer',
    'remember',
    'label-node',
    'apply-egress-ip',
    'delete-egress-ip',
  ]) {
    for (const note of [
      (step: Step) => metrics.stepDone(step, 5),
      (step: Step) => metrics.stepFailed(step),
      (step: Step) => metrics.stepUndone(step),
    ])
      note({ kind } as Step);
  }
  for (const verb of ['get', 'list', 'watch', 'create', 'patch', 'delete'])
    for (const resource of ['namespaces', 'nodes', 'egressipams', 'egressips', 'events', 'leases'])
      for (const status of [200, 409, 'timeout']) metrics.requested({ verb, resource, status, milliseconds: 1 });
  for (const operation of [
    'DescribeInstances',
    'DescribeSubnets',
    'DescribeNetworkInterfaces',
    'DescribeInstanceTypes',
    'AssignPrivateIpAddresses',
    'UnassignPrivateIpAddresses',
  ])
    for (const errorCode of [undefined, 'Throttled'])
      metrics.called({ operation, errorCode, durationMilliseconds: 4 } as ProviderCall);
  metrics.providerFailed('observe', 'no-answer');
  return metrics;
}
