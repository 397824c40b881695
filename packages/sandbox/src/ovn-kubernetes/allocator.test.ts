import { describe, expect, it } from 'vitest';
import { seededRandom } from '../stand-in/seeded-random.ts';
import {
  assignEgressIps,
  parseEgressIpSpec,
  validItems,
  type Allocation,
  type AssignmentRequest,
} from './allocator.ts';
import { readOvnNode, type OvnNode } from './ovn-node.ts';

const node = (name: string, networks: string[], more: Partial<OvnNode> = {}): OvnNode => ({
  name,
  eligible: true,
  networks,
  capacity: {},
  hostCidrs: [],
  ...more,
});
const assign = (
  addresses: string[],
  nodes: OvnNode[],
  allocated: Record<string, Allocation> = {},
  more: Partial<AssignmentRequest> = {},
) =>
  assignEgressIps({
    owner: 'a',
    addresses,
    nodes,
    allocations: new Map(Object.entries(allocated)),
    cloud: false,
    random: seededRandom(1),
    ...more,
  });
const reasons = ({ events }: ReturnType<typeof assign>): string[] => events.map(({ reason }) => reason);
const other = (name: string): Allocation => ({ owner: 'other', node: name });

describe('assignEgressIps, by the names of the upstream cases', () => {
  const two6 = [node('node1', ['::feff:c0a8:8e0c/64']), node('node2', ['::fedf:c0a8:8e0c/64'])];

  it('ensure only one egressIP is assigned to the given node while rest of the IPs go into pending state', () => {
    const nodes = [node('node1', ['192.168.126.0/24'])];
    const first = assign(['192.168.126.25', '192.168.126.30'], nodes);
    expect(first.items).toEqual([{ node: 'node1', egressIP: '192.168.126.25' }]);
    expect(reasons(first)).toEqual(['UnassignedRequest']);
    const kept = { '192.168.126.25': { owner: 'a', node: 'node1' } };
    const second = assign(['192.168.126.25', '192.168.126.30'], [...nodes, node('node2', ['192.168.126.0/24'])], kept);
    expect(second.items).toEqual([
      { node: 'node1', egressIP: '192.168.126.25' },
      { node: 'node2', egressIP: '192.168.126.30' },
    ]);
  });

  it('should be able to allocate egress IP on node with lowest amount of allocations', () => {
    const { items } = assign(['::9'], two6, { '::1': other('node1'), '::2': other('node1'), '::3': other('node2') });
    expect(items).toEqual([{ node: 'node2', egressIP: '::9' }]);
  });

  it('should be able to allocate several EgressIPs and avoid the same node, and leave one un-assigned without error', () => {
    const { items } = assign(['::a', '::b', '::c'], two6);
    expect(items.map((item) => item.node).sort()).toEqual(['node1', 'node2']);
  });

  it('should return the already allocated IP with the same node if it is allocated again', () => {
    expect(assign(['::a'], two6, { '::a': { owner: 'a', node: 'node2' } }).items).toEqual([
      { node: 'node2', egressIP: '::a' },
    ]);
  });

  it('should not be able to allocate an IP equal to an address in host-cidrs, of any node', () => {
    const nodes = [...two6, node('node3', [], { eligible: false, hostCidrs: ['::5/64'] })];
    const result = assign(['::5'], nodes);
    expect(result.items).toEqual([]);
    expect(reasons(result)).toEqual(['EgressIPConflict', 'NoMatchingNodeFound']);
  });

  it('should not assign duplicate IP when two EgressIPs have the same IP in spec', () => {
    expect(reasons(assign(['::a'], two6, { '::a': other('node1') }))).toEqual([
      'UnsupportedRequest',
      'NoMatchingNodeFound',
    ]);
  });

  it('should not be able to allocate IPv4 IP on nodes which can only host IPv6', () => {
    expect(reasons(assign(['192.168.126.3'], two6))).toEqual(['NoMatchingNodeFound']);
  });

  it('no node at all is told before anything else', () => {
    expect(
      assign(['::5'], [node('node1', ['::/64'], { eligible: false, hostCidrs: ['::5/64'] })]).events,
    ).toMatchObject([
      { reason: 'NoMatchingNodeFound', message: expect.stringContaining('please tag at least one node') },
    ]);
  });

  it('should be able to allocate non-conflicting IPv4 on node which can host it, even if it happens to be the node with more assignments', () => {
    const nodes = [node('node1', ['192.168.126.0/24']), node('node2', ['::fedf:c0a8:8e0c/64'])];
    expect(assign(['192.168.126.9'], nodes, { '192.168.126.1': other('node1') }).items).toEqual([
      { node: 'node1', egressIP: '192.168.126.9' },
    ]);
  });

  it('should only get assigned EgressIPs which matches their subnet when the node is tagged', () => {
    const nodes = [node('node1', ['192.168.0.0/24']), node('node2', ['192.168.1.0/24'])];
    expect(assign(['192.168.1.7', '192.168.0.7'], nodes).items).toEqual([
      { node: 'node2', egressIP: '192.168.1.7' },
      { node: 'node1', egressIP: '192.168.0.7' },
    ]);
  });

  it('secondary host networks: only nodes on one carry its addresses, and the later addresses of the object', () => {
    const primary = ['192.168.126.0/24'];
    const nodes = [node('node1', primary, { hostCidrs: ['10.10.10.5/24'] }), node('node2', primary)];
    expect(assign(['10.10.10.100'], nodes).items).toEqual([{ node: 'node1', egressIP: '10.10.10.100' }]);
    expect(assign(['10.10.10.100', '192.168.126.7'], nodes).items).toHaveLength(1);
    expect(assign(['10.10.10.100'], nodes, {}, { cloud: true }).items).toEqual([]);
    const attached = nodes.map((each) => ({ ...each, hostCidrs: ['10.10.10.5/16'] }));
    expect(assign(['10.10.10.100', '192.168.126.7'], attached).items).toHaveLength(2);
  });

  it('counts capacity for both families together, or each for itself', () => {
    const both = [node('node1', ['10.0.0.0/24', 'fd00::/64'], { capacity: { all: 1 } })];
    expect(assign(['fd00::1'], both, { '10.0.0.1': other('node1') }).items).toEqual([]);
    const all = [node('node1', ['10.0.0.0/24', 'fd00::/64'], { capacity: { all: 9, ipv4: 1 } })];
    expect(assign(['10.0.0.2'], all, { '10.0.0.1': other('node1') }).items).toEqual([]);
    const each = [node('node1', ['10.0.0.0/24', 'fd00::/64'], { capacity: { ipv4: 1 } })];
    expect(assign(['fd00::1'], each, { '10.0.0.1': other('node1') }).items).toHaveLength(1);
    expect(assign(['10.0.0.2'], each, { '10.0.0.1': other('node1') }).items).toEqual([]);
  });

  it('before the fix of issue 6729 one node without host-cidrs stopped everything', () => {
    const nodes = [...two6, node('node3', [], { eligible: false, hostCidrs: undefined })];
    expect(assign(['::a'], nodes, {}, { requireHostCidrs: true }).items).toEqual([]);
    expect(assign(['::a'], nodes).items).toHaveLength(1);
  });
});

describe('validItems', () => {
  const nodes = [
    node('node1', ['10.0.0.0/24']),
    node('node2', ['10.0.0.0/24']),
    node('gone', ['10.0.0.0/24'], { eligible: false }),
  ];
  const valid = (items: { node: string; egressIP: string }[], allocated: Record<string, Allocation> = {}) =>
    validItems('a', items, nodes, new Map(Object.entries(allocated)));

  it('keeps what is right, whatever the load', () => {
    const items = [
      { node: 'node1', egressIP: '10.0.0.1' },
      { node: 'node2', egressIP: '10.0.0.2' },
    ];
    expect(valid(items)).toEqual(items);
  });

  it.each([
    ['a node that is not eligible', [{ node: 'gone', egressIP: '10.0.0.1' }], {}, 0],
    ['a node that does not exist', [{ node: 'none', egressIP: '10.0.0.1' }], {}, 0],
    ['an incorrectly parsed IP', [{ node: 'node1', egressIP: '10.0.0' }], {}, 0],
    ['an unhostable IP', [{ node: 'node1', egressIP: '10.0.1.1' }], {}, 0],
    [
      'the second on a duplicated node',
      [
        { node: 'node1', egressIP: '10.0.0.1' },
        { node: 'node1', egressIP: '10.0.0.2' },
      ],
      {},
      1,
    ],
    ['what another object holds', [{ node: 'node1', egressIP: '10.0.0.1' }], { '10.0.0.1': other('node1') }, 0],
  ])('drops %s', (_name, items, allocated, left) => {
    expect(valid(items, allocated)).toHaveLength(left);
  });
});

describe('parseEgressIpSpec', () => {
  it.each(['192.168.126.99/32', '1:2:3', 'node', ''])('%s makes the whole object invalid', (bad) => {
    expect(parseEgressIpSpec(['10.0.0.1', bad])).toMatchObject({ event: { reason: 'InvalidEgressIP' } });
  });

  it('canonicalises, and duplicates collapse', () => {
    expect(parseEgressIpSpec(['0:0:0:0:0:FEFF:C0A8:8E0D', '::feff:c0a8:8e0d'])).toEqual({
      addresses: ['::feff:c0a8:8e0d'],
    });
  });
});

describe('readOvnNode', () => {
  const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
  const read = (
    annotations: Record<string, string>,
    cloud: boolean,
    labels: Record<string, string> = { 'k8s.ovn.org/egress-assignable': 'false' },
  ) => readOvnNode({ metadata: { name: 'node1', labels, annotations }, status: ready }, cloud);

  const primary = {
    'k8s.ovn.org/node-primary-ifaddr': '{"ipv4":"10.0.0.2/24"}',
    'k8s.ovn.org/host-cidrs': '["10.0.0.2/24"]',
  };

  it('takes the first element of egress-ipconfig, with both forms of capacity', () => {
    const config = (capacity: object) => ({
      ...primary,
      'cloud.network.openshift.io/egress-ipconfig': JSON.stringify([
        { interface: 'eni-1', ifaddr: { ipv4: '10.0.0.0/24' }, capacity },
        { ifaddr: { ipv4: '10.9.0.0/24' } },
      ]),
    });
    expect(read(config({ ip: 3 }), true)).toMatchObject({
      eligible: true,
      networks: ['10.0.0.0/24'],
      capacity: { all: 3 },
    });
    expect(read(config({ ipv4: 14 }), true).capacity).toEqual({ ipv4: 14 });
  });

  it('is not eligible without label, readiness, networks or addresses of its own', () => {
    expect(read(primary, false).eligible).toBe(true);
    expect(read(primary, false, {}).eligible).toBe(false);
    expect(read(primary, true).eligible).toBe(false);
    expect(read({ ...primary, 'k8s.ovn.org/node-primary-ifaddr': 'broken' }, false).eligible).toBe(false);
    for (const key of Object.keys(primary))
      expect(read(Object.fromEntries(Object.entries(primary).filter(([other]) => other !== key)), false).eligible).toBe(
        false,
      );
  });
});
