import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';
const zone = 'topology.kubernetes.io/zone';

const pool = (CIDR: string, more: object = {}): object => ({
  apiVersion: 'redhatcop.redhat.io/v1alpha1',
  kind: 'EgressIPAM',
  metadata: { name: 'pool', finalizers: ['EgressIPAM_controller'] },
  spec: {
    topologyLabel: zone,
    cidrAssignments: [{ CIDR, labelValue: 'z', ...more }],
    nodeSelector: {},
  },
});

const node = (name: string, address: string, length = 24, ready = true): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: { [zone]: 'z', 'kubernetes.io/hostname': name, 'k8s.ovn.org/egress-assignable': '' },
    annotations: {
      'k8s.ovn.org/node-primary-ifaddr': JSON.stringify({ ipv4: `${address}/${length}` }),
      'k8s.ovn.org/host-cidrs': JSON.stringify([`${address}/${length}`]),
    },
  },
  spec: {},
  status: {
    addresses: [{ type: 'InternalIP', address }],
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
  },
});

const namespace = (name: string, annotations: Readonly<Record<string, string>>): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, annotations: { [`${prefix}/egressipam`]: 'pool', ...annotations } },
});
const has = (address: string): object =>
  namespace('shop', { [`${prefix}/egressips`]: address, [`${prefix}/allocated`]: `pool/${address}` });
const asks = (address: string): object => namespace('shop', { [`${prefix}/egressips`]: address });

/** What each network has of an address that a node carries for `shop`. */
const carried: Readonly<Record<string, (address: string, on: string, hostIP: string) => readonly object[]>> = {
  'openshift-sdn': (address, on, hostIP) => [
    {
      apiVersion: 'network.openshift.io/v1',
      kind: 'HostSubnet',
      metadata: { name: on },
      host: on,
      hostIP,
      subnet: '172.20.0.0/23',
      egressIPs: [address],
    },
    {
      apiVersion: 'network.openshift.io/v1',
      kind: 'NetNamespace',
      metadata: { name: 'shop' },
      netname: 'shop',
      netid: 7,
      egressIPs: [address],
    },
  ],
  'ovn-kubernetes': (address, on) => [
    {
      apiVersion: 'k8s.ovn.org/v1',
      kind: 'EgressIP',
      metadata: { name: 'egressip-shop', labels: { [`${prefix}/egressipam`]: 'pool' } },
      spec: {
        egressIPs: [address],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
      },
      status: { items: [{ node: on, egressIP: address }] },
    },
  ],
};

const unhosted = (object: object): object => ({ ...object, egressIPs: [] });

const run = async (command: string, network: string, objects: readonly object[]) => {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  return runCli([command, '-', '--network', network], { input, columns: 1_000 });
};

describe.each(Object.entries(carried))('on %s', (network, objectsOf) => {
  it('an address that its own carrier has for itself is a conflict, of the namespace and of the node', async () => {
    const { code, out } = await run('check', network, [
      pool('10.0.0.0/24'),
      node('a', '10.0.0.5'),
      node('b', '10.0.0.12'),
      has('10.0.0.5'),
      ...objectsOf('10.0.0.5', 'a', '10.0.0.5'),
    ]);
    expect([code, out]).toEqual([
      2,
      expect.stringMatching(/AddressConflict +error +Namespace\/shop .* (node|HostSubnet) a uses it/),
    ]);
    expect(out).toMatch(/AddressConflict +error +Node\/a /);
  });

  it('an address on a node that is down is no "nothing to do" and no "no problems"', async () => {
    const objects = [
      pool('10.0.0.0/24'),
      node('a', '10.0.0.11', 24, false),
      node('b', '10.0.0.12'),
      has('10.0.0.50'),
      ...objectsOf('10.0.0.50', 'a', '10.0.0.11'),
    ];
    for (const command of ['plan', 'check']) {
      const { code, out } = await run(command, network, objects);
      expect([command, code]).toEqual([command, 2]);
      expect(out).not.toMatch(/Nothing to do\.|No problems found/);
    }
  });
});

describe('who asks for an address that nobody can give now', () => {
  const reasonFor = async (...objects: readonly object[]): Promise<string> => {
    const { out } = await run('plan', 'ovn-kubernetes', [...objects, asks('10.0.2.9')]);
    return /shop +pool +(\w+): /.exec(out)?.[1] ?? out;
  };

  it('waits for the node that could carry it, which is down', async () => {
    const up = node('a', '10.0.1.11');
    expect(await reasonFor(pool('10.0.0.0/22'), up, node('b', '10.0.2.12', 24, false))).toBe('WaitingForCapacity');
    expect(await reasonFor(pool('10.0.0.0/22'), up)).toBe('AddressNotHostable');
  });

  it('waits where a pool gives out nothing at all', async () => {
    expect(await reasonFor(pool('10.0.2.0/24', { drain: true }), node('b', '10.0.2.12'))).toBe('WaitingForAddress');
  });
});

it.each(['openshift-sdn', 'ovn-kubernetes', 'cilium', 'antrea'])(
  'the loss of the only node is told on %s, also before anything is on it',
  async (network) => {
    const withHost = (name: string, address: string): readonly object[] => [
      node(name, address),
      ...(network === 'openshift-sdn'
        ? (carried[network]?.('10.0.0.9', name, address) ?? []).slice(0, name === 'a' ? 2 : 1)
        : []),
    ];
    const simulated = async (...more: readonly object[]) => {
      const items = [pool('10.0.0.0/24'), namespace('shop', {}), ...withHost('a', '10.0.0.11'), ...more];
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: items.map(unhosted) });
      return runCli(['simulate', '-', '--network', network, '--without-node', 'a'], { input, columns: 1_000 });
    };
    expect(await simulated()).toMatchObject({
      code: 2,
      out: expect.stringMatching(/10\.0\.0\.1 +shop +\S+ +no node can carry it/),
    });
    expect((await simulated(...withHost('b', '10.0.0.12'))).out).not.toContain('no node can carry it');
  },
);

it('counts as free what a node can carry, and nothing else', async () => {
  const { out } = await run('plan', 'ovn-kubernetes', [
    pool('10.0.0.0/24'),
    node('a', '10.0.0.1', 29),
    node('b', '10.0.0.2', 29),
    namespace('shop', {}),
  ]);
  // Of eight addresses in the nodes' subnet two are its own, two the nodes', and one is given.
  expect(out).toMatch(/pool +10\.0\.0\.0\/24 +z +256 +252 +1 +3 /);
});

it('what drains is free to nobody, nor is what the network cannot carry', async () => {
  const drained = await run('plan', 'ovn-kubernetes', [
    pool('10.0.0.0/24', { drain: true }),
    node('a', '10.0.0.1'),
    namespace('shop', {}),
  ]);
  expect(drained.out).toMatch(/pool +10\.0\.0\.0\/24 +z +256 +256 +0 +0 /);
  const six = await run('plan', 'openshift-sdn', [pool('2001:db8::/120'), node('a', '10.0.0.1')]);
  expect(six.out).toMatch(/pool +2001:db8::\/120 +z +256 +256 +0 +0 /);
});

it('what no node may have is free to nobody: there is none, or an older EgressIPAM has them all', async () => {
  const older = { name: 'older', creationTimestamp: '2025-01-01T00:00:00Z', finalizers: ['EgressIPAM_controller'] };
  const both = await run('plan', 'ovn-kubernetes', [
    { ...pool('10.0.0.0/25'), metadata: older },
    pool('10.0.0.128/25'),
    node('a', '10.0.0.1'),
  ]);
  expect(both.out).toMatch(/older +10\.0\.0\.0\/25 +z +128 +3 +0 +125 /);
  expect(both.out).toMatch(/pool +10\.0\.0\.128\/25 +z +128 +128 +0 +0 /);
  const bare = await run('plan', 'ovn-kubernetes', [pool('10.0.0.0/24', { labelValue: 'y' }), node('a', '10.0.0.1')]);
  expect(bare.out).toMatch(/pool +10\.0\.0\.0\/24 +y +256 +256 +0 +0 /);
});

it.each([
  ['Azure', 'azure:///a', '10.0.0.4', ['10.0.0.3', '10.0.0.255']],
  ['AWS', 'aws:///z/i-1', '10.0.0.4', ['10.0.0.1', '10.0.0.255']],
  ['GCP', 'gce://p/z/a', '10.0.0.2', ['10.0.0.1', '10.0.0.254']],
  ['None', '', '10.0.0.1', ['10.0.0.0', '10.0.0.255']],
])('on %s what a subnet keeps is not given out either where no node tells its subnet', async (...row) => {
  const [type, providerID, first, kept] = row;
  const platform = {
    apiVersion: 'config.openshift.io/v1',
    kind: 'Infrastructure',
    metadata: { name: 'cluster' },
    status: { platform: type, platformStatus: { type } },
  };
  const bare = {
    ...node('a', '10.0.0.77'),
    metadata: { name: 'a', labels: { [zone]: 'z' } },
    spec: { providerID },
  };
  const objects = [
    platform,
    pool('10.0.0.0/24'),
    bare,
    ...(carried['openshift-sdn']?.('10.0.0.77', 'a', '10.0.0.77') ?? []).map((entry) => ({ ...entry, egressIPs: [] })),
  ];
  const given = await run('plan', 'openshift-sdn', [...objects, namespace('shop', {})]);
  expect(given.out).toContain(`allocate ${first} to namespace shop`);
  for (const address of kept) {
    const asked = await run('plan', 'openshift-sdn', [...objects, asks(address)]);
    expect(asked.out).toMatch(/shop +pool +AddressReserved: /);
  }
});
