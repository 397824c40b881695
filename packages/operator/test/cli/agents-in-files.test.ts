import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { runCli, type CliResult } from './run-cli.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';
const created = { creationTimestamp: '2026-01-01T00:00:00Z' };
const named = (apiVersion: string, kind: string, name: string, more: object = {}, metadata: object = {}): object => ({
  apiVersion,
  kind,
  metadata: { name, ...created, ...metadata },
  ...more,
});
const pool = named('redhatcop.redhat.io/v1alpha1', 'EgressIPAM', 'pool', {
  spec: { topologyLabel: 'zone', cidrAssignments: [{ CIDR: '10.0.0.128/29', labelValue: 'a' }] },
});
const shop = named('v1', 'Namespace', 'shop', {}, { annotations: { [`${prefix}/egressipam`]: 'pool' } });
const nodeNamed = (name: string, providerID?: string): object =>
  named(
    'v1',
    'Node',
    name,
    {
      ...(providerID === undefined ? {} : { spec: { providerID } }),
      status: {
        addresses: [{ type: 'InternalIP', address: `10.0.0.${name.charCodeAt(0) - 96}` }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    },
    { labels: { zone: 'a', 'kubernetes.io/hostname': name } },
  );
const egressNode = (name: string, status: object = {}): object =>
  named('redhatcop.redhat.io/v1alpha1', 'EgressNode', name, {
    spec: { addresses: [] },
    status: {
      observedGeneration: 1,
      interfaces: [{ name: 'eth0', subnets: ['10.0.0.0/24'], addresses: [`10.0.0.${name.charCodeAt(0) - 96}`] }],
      ...status,
    },
  });
const lease = (node: string, namespace: string, holderIdentity: string): object =>
  named(
    'coordination.k8s.io/v1',
    'Lease',
    `egressip-ipam-agent-${node}`,
    { spec: { holderIdentity, leaseDurationSeconds: 6 } },
    { namespace, labels: { [`${prefix}/agent`]: 'true' } },
  );
const config = named(
  'v1',
  'ConfigMap',
  'cilium-config',
  {
    data: {
      'enable-egress-gateway': 'true',
      'enable-bpf-masquerade': 'true',
      'kube-proxy-replacement': 'true',
    },
  },
  { namespace: 'kube-system' },
);
const cluster = [pool, shop, nodeNamed('a'), nodeNamed('b'), config];

interface Plan {
  readonly allocations: readonly { readonly addresses: readonly string[]; readonly nodes: readonly string[] }[];
  readonly steps: readonly { readonly kind: string }[];
  readonly findings: readonly { readonly code: string; readonly message: string }[];
}

const run = (objects: readonly object[], ...args: readonly string[]): Promise<CliResult> =>
  runCli(args, {
    input: stringify({ apiVersion: 'v1', kind: 'List', items: objects }, { aliasDuplicateObjects: false }),
  });
const planOf = async (objects: readonly object[], ...flags: readonly string[]): Promise<Plan> =>
  JSON.parse((await run(objects, 'plan', '-', '-o', 'json', '--network', 'cilium', ...flags)).out) as Plan;
/** `ADDRESS@NODE` of what the plan gives out. */
const given = ({ allocations }: Plan): readonly string[] =>
  allocations.flatMap(({ addresses, nodes }) => addresses.map((address, index) => `${address}@${nodes[index]}`));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'egressip-ipam-agents-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
};

describe('agents of egress nodes in files', () => {
  it('tell gateways, subnets and nodes without any agent, without which nothing would be known of these', async () => {
    expect(given(await planOf(cluster))).toEqual(['10.0.0.129@a']);
    const gateways = ['10.0.0.129', '10.0.0.130'];
    expect(given(await planOf([...cluster, egressNode('a', { gateways }), egressNode('b')]))).toEqual(['10.0.0.131@a']);
    expect(given(await planOf([...cluster, egressNode('b', { gateways })]))).toEqual(['10.0.0.131@b']);
    const elsewhere = { interfaces: [{ name: 'eth0', subnets: ['192.0.2.0/24'], addresses: [] }] };
    const { allocations, findings } = await planOf([
      ...cluster,
      egressNode('a', elsewhere),
      egressNode('b', elsewhere),
    ]);
    expect(allocations).toEqual([]);
    expect(findings).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('no node with zone=a has a subnet that meets') }),
    );
  });

  it('are explained and checked alike', async () => {
    const objects = [...cluster, egressNode('b', { gateways: ['10.0.0.129'] })];
    const explained = await run(objects, 'explain', 'node/a', '-', '--network', 'cilium');
    expect(explained.out).toMatch(/no agent has reported from node a/);
    const checked = await run(objects, 'check', '-', '--network', 'cilium');
    expect(checked.out).toMatch(/no agent has reported from node a/);
  });

  it('have addresses put on nodes on Antrea too, where any agent has reported', async () => {
    const antrea = named(
      'v1',
      'ConfigMap',
      'antrea-config',
      { data: { 'antrea-agent.conf': 'featureGates:\n  Egress: true\n' } },
      { namespace: 'kube-system' },
    );
    const objects = [pool, shop, nodeNamed('a'), nodeNamed('b'), antrea];
    const kindsOf = async (...agents: readonly object[]): Promise<readonly string[]> =>
      (await planOf([...objects, ...agents], '--network', 'antrea')).steps.map(({ kind }) => kind);
    expect(await kindsOf()).not.toContain('attach');
    expect(await kindsOf(egressNode('a'), egressNode('b'))).toContain('attach');
  });

  it("hold nothing after their Lease was taken away, by Leases of the operator's namespace alone", async () => {
    const held = { addresses: [{ address: '10.0.0.129', state: 'Held', since: '2026-01-01T00:00:00Z' }] };
    const objects = [...cluster, nodeNamed('c'), egressNode('a', held), egressNode('b'), egressNode('c')];
    const leasesIn = (namespace: string): readonly object[] =>
      ['a', 'b', 'c'].map((node) => lease(node, namespace, node === 'a' ? '' : node));
    const stepsOf = async (more: readonly object[], ...flags: readonly string[]): Promise<readonly string[]> =>
      (await planOf([...objects, ...more], ...flags)).steps.map(({ kind }) => kind);
    const isFenced = await planOf([...objects, ...leasesIn('egressip-ipam-operator')]);
    expect(given(isFenced)).toEqual(['10.0.0.129@b']);
    expect(await stepsOf(leasesIn('ours'), '--namespace', 'ours')).toEqual(isFenced.steps.map(({ kind }) => kind));
    expect(await stepsOf(leasesIn('tenant'))).toEqual(await stepsOf([]));
  });

  it('are told of with file, line, object and field where they say what cannot be, and count with the rest', async () => {
    const hostile = egressNode('a', {
      gateways: ['10.0.0.129', '10.0.0.130\u001b[2J', 7],
      interfaces: [{ name: 'eth0\u001b]0;x', subnets: ['10.0.0.0/24'], addresses: ['10.0.0.1'] }, 'eth1'],
      addresses: Array.from({ length: 300 }, () => ({ address: 'none', state: 'Held' })),
    });
    const at = 'must-gather/cluster-scoped-resources/redhatcop.redhat.io/egressnodes';
    file('must-gather/cluster.yaml', stringify({ apiVersion: 'v1', kind: 'List', items: cluster }));
    file(`${at}/a.yaml`, stringify(hostile));
    file(`${at}/b.yaml`, stringify(egressNode('b')));
    file(`${at}/b-again.yaml`, stringify(egressNode('b', { gateways: ['10.0.0.131'] })));
    file(`${at}/nobody.yaml`, stringify({ ...egressNode('c'), metadata: {} }));
    const { out, error } = await runCli(['plan', join(folder, 'must-gather'), '-o', 'json', '--network', 'cilium']);
    expect(given(JSON.parse(out) as Plan)).toEqual(['10.0.0.130@a']);
    expect(error).toMatch(/a\.yaml:\d+: EgressNode\/a: status\.gateways\[1\]: an IP address is expected/);
    expect(error).toMatch(/a\.yaml:\d+: EgressNode\/a: status\.gateways\[2\]: an IP address is expected/);
    expect(error).toMatch(
      /a\.yaml:\d+: EgressNode\/a: status\.interfaces\[0\]\.name: a text without control characters/,
    );
    expect(error).toMatch(/a\.yaml:\d+: EgressNode\/a: status\.interfaces\[1\]: a map is expected/);
    expect(error).toMatch(/EgressNode\/b: stands in the input twice; the first one counts/);
    expect(error).toMatch(/nobody\.yaml:\d+: EgressNode\/\?: metadata\.name/);
    expect(error.split('\n').length).toBeLessThan(30);
    expect(error).not.toContain('\u001b');
  });

  it('give way to a ProviderObservation, and count for nothing on a cloud or where another network puts addresses on nodes', async () => {
    const observation = {
      kind: 'ProviderObservation',
      apiVersion: 'egressip-ipam.io/v1',
      nodes: ['a', 'b'].map((node) => ({
        node,
        interfaces: [{ id: 'eni', main: true, subnets: ['10.0.0.0/24'], addresses: [] }],
        limits: { ipv4: 5 },
      })),
      cidrs: [{ cidr: '10.0.0.128/29', inUse: [{ address: '10.0.0.129', usedBy: 'a printer' }], reserved: [] }],
    };
    const agents = [egressNode('a', { gateways: ['10.0.0.130'] })];
    expect(given(await planOf([...cluster, ...agents, observation]))).toEqual(['10.0.0.130@a']);
    const onAWS = [pool, shop, nodeNamed('a', 'aws:///x/i-1'), nodeNamed('b', 'aws:///x/i-2'), config];
    for (const objects of [onAWS, [...onAWS, observation]])
      expect(await planOf([...objects, ...agents])).toEqual(await planOf(objects));
    const onOVN = [pool, shop, nodeNamed('a'), nodeNamed('b')];
    for (const network of ['ovn-kubernetes', 'openshift-sdn'])
      expect(await planOf([...onOVN, ...agents], '--network', network)).toEqual(
        await planOf(onOVN, '--network', network),
      );
  });

  it.each([
    ['throws', 'throw new Error("out of order")', 'out of order'],
    ['answers with another shape', 'return { nodes: 7 }', 'nodes: a list is expected'],
  ])('of a plug-in that %s give nothing out, and the plan says why', async (what, body, reason) => {
    const plugIn = file(
      `${what.split(' ')[0]}.mjs`,
      `export const description = {
        specificationVersion: 'v1', name: 'broken', platforms: { types: [], providerIDPrefixes: [] }, capabilities: { attach: true },
        fromObjects: {
          kinds: [{ resource: { group: 'redhatcop.redhat.io', version: 'v1alpha1', plural: 'egressnodes', kind: 'EgressNode' },
            read: (object) => ({ ok: true, value: { name: object.metadata.name }, problems: [] }) }],
          observe: () => { ${body} },
        },
      };
      export const createProvider = () => { throw new Error('nobody makes it'); };`,
    );
    const { allocations, findings } = await planOf([...cluster, egressNode('a')], '--provider', plugIn);
    expect(allocations).toEqual([]);
    expect(findings).toContainEqual(expect.objectContaining({ message: expect.stringContaining(reason) }));
  });
});
