import { describe, expect, it } from 'vitest';
import type { Egress, ExternalIpPoolSpec } from './antrea-objects.ts';
import { ConsistentHash } from './consistent-hash.ts';
import { AntreaEgressAgent, type AgentView } from './egress-agent.ts';
import { EgressIpAllocator } from './egress-ip-allocator.ts';
import { scheduleEgresses } from './ip-scheduler.ts';
import { refuseEgress, refusePool } from './webhook.ts';

const pool = (more: Partial<ExternalIpPoolSpec> = {}): ExternalIpPoolSpec => ({
  ipRanges: [{ start: '10.0.0.100', end: '10.0.0.109' }],
  nodeSelector: {},
  ...more,
});
const egress = (name: string, egressIP: string, externalIPPool = 'pool'): Egress => ({
  name,
  uid: name,
  spec: { appliedTo: { podSelector: {} }, egressIP, externalIPPool },
  status: { egressNode: '', egressIP: '', conditions: [] },
});
const pools = (spec = pool()): Map<string, ExternalIpPoolSpec> => new Map([['pool', spec]]);
const object = (spec: object): object => ({ spec: { appliedTo: {}, ...spec } });

describe("Antrea's webhook", () => {
  it.each(['egressIPs', 'externalIPPools'])('refuses %s, which the schema admits', (field) => {
    expect(refuseEgress(pools(), object({ [field]: ['x'] }))).toBe(`spec.${field} is not supported yet`);
  });

  it('refuses an address outside the pool, and a pool that it does not know', () => {
    expect(refuseEgress(pools(), object({ egressIP: '10.0.0.110', externalIPPool: 'pool' }))).toContain(
      'is not within the IP range',
    );
    expect(refuseEgress(new Map(), object({ egressIP: '10.0.0.100', externalIPPool: 'pool' }))).toBe(
      'ExternalIPPool pool does not exist',
    );
    expect(refuseEgress(new Map(), object({ egressIP: '10.0.0.100' }))).toBeUndefined();
    const same = object({ egressIP: '10.0.0.200', externalIPPool: 'gone' });
    expect(refuseEgress(new Map(), same, same)).toBeUndefined();
  });

  it('refuses overlaps with any pool, ranges outside the subnet, and ranges that change or go; appending is fine', () => {
    expect(refusePool(pools(), 'other', pool({ ipRanges: [{ cidr: '10.0.0.104/30' }] }))).toContain('overlaps');
    expect(refusePool(new Map(), 'pool', pool({ subnetInfo: { gateway: '10.0.1.1', prefixLength: 24 } }))).toContain(
      'strict subset',
    );
    expect(
      refusePool(pools(), 'pool', pool({ ipRanges: [{ start: '10.0.0.100', end: '10.0.0.108' }] }), pool()),
    ).toContain('cannot be updated or deleted');
    const appended = pool({ ipRanges: [...pool().ipRanges, { start: '10.0.0.120', end: '10.0.0.121' }] });
    expect(refusePool(pools(), 'pool', appended, pool())).toBeUndefined();
    expect(refusePool(new Map(), 'six', pool({ ipRanges: [{ cidr: 'fd00::/64' }] }))).toBeUndefined();
  });

  it('a cidr range has not its first and last address, one with start and end has', () => {
    const asked = (spec: ExternalIpPoolSpec, egressIP: string) =>
      refuseEgress(pools(spec), object({ egressIP, externalIPPool: 'pool' }));
    const cidr = pool({ ipRanges: [{ cidr: '10.0.0.96/29' }] });
    expect([96, 97, 102, 103].map((last) => asked(cidr, `10.0.0.${last}`) === undefined)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect([100, 109].map((last) => asked(pool(), `10.0.0.${last}`))).toEqual([undefined, undefined]);
  });
});

describe("Antrea's controller", () => {
  it('wipes the address of every Egress when its pool goes, and may give another when it comes back', () => {
    const allocator = new EgressIpAllocator();
    expect(allocator.sync(egress('a', '10.0.0.105'), pools())).toMatchObject({
      condition: { status: 'True', reason: 'Allocated' },
    });
    expect(allocator.sync(egress('a', '10.0.0.105'), new Map())).toMatchObject({
      egressIP: '',
      condition: { reason: 'AllocationError' },
    });
    expect(allocator.sync(egress('a', ''), pools())).toMatchObject({ egressIP: '10.0.0.100' });
  });

  it('compares addresses as text: one that is not canonical is allocated anew at each look', () => {
    const allocator = new EgressIpAllocator();
    const six = pools(pool({ ipRanges: [{ start: 'fd00::1', end: 'fd00::1' }] }));
    allocator.sync(egress('a', 'FD00::1'), six);
    // Released for a moment in between: whoever asks then has it.
    expect(allocator.sync(egress('b', 'fd00::1'), six)).toMatchObject({ condition: { status: 'False' } });
    const agent = new AntreaEgressAgent('n1');
    agent.pass(view([egress('a', 'FD00::1', '')], { addresses: new Set(['fd00::1']) }));
    expect(agent.translates('fd00::1')).toBe(false);
  });

  it('one address of a pool is for one Egress', () => {
    const allocator = new EgressIpAllocator();
    allocator.sync(egress('a', '10.0.0.105'), pools());
    expect(allocator.sync(egress('b', '10.0.0.105'), pools())).toMatchObject({
      condition: { status: 'False', reason: 'AllocationError' },
    });
    allocator.retain(new Set());
    expect(allocator.sync(egress('b', '10.0.0.105'), pools())).toMatchObject({ condition: { status: 'True' } });
  });
});

const view = (egresses: readonly Egress[], more: Partial<AgentView> = {}): AgentView => ({
  egresses,
  schedule: new Map(),
  pods: [],
  namespaceLabels: new Map(),
  addresses: new Set(),
  speaker: () => undefined,
  ...more,
});

describe("Antrea's scheduler", () => {
  const nodes = ['n1', 'n2', 'n3'].map((name) => ({ name, labels: {}, annotations: {} }));
  const alive = new Set(nodes.map(({ name }) => name));
  const many = Array.from({ length: 10 }, (_, index) => egress(`e${index}`, `10.0.0.10${index}`));
  const schedule = (more: Partial<Parameters<typeof scheduleEgresses>[0]> = {}) =>
    scheduleEgresses({ egresses: many, pools: pools(), nodes, alive, ...more });
  const limited = (limit: string) =>
    nodes.map((node) => ({ ...node, annotations: { 'node.antrea.io/max-egress-ips': limit } }));
  const failures = (result: ReturnType<typeof schedule>): string[] =>
    [...result].filter(([, each]) => 'error' in each).map(([name]) => name);

  it('a node that goes loses its addresses alone, and gets the very same when it comes back', () => {
    const before = schedule();
    const without = schedule({ alive: new Set(['n1', 'n2']) });
    for (const [name, result] of before) {
      if ('node' in result && result.node !== 'n3') expect(without.get(name)).toEqual(result);
    }
    expect([...before.values()]).toContainEqual({ node: 'n3' });
    expect(schedule()).toEqual(before);
  });

  it('older Egresses choose first: with too little room the youngest go without', () => {
    expect(failures(schedule({ nodes: limited('3') }))).toEqual(['e9']);
    const recreated = [...many.slice(1), ...many.slice(0, 1)];
    expect(failures(schedule({ nodes: limited('3'), egresses: recreated }))).toEqual(['e0']);
  });

  it('a lower capacity moves addresses at once; what is no integer counts as 255', () => {
    expect(failures(schedule({ nodes: limited('1') }))).toHaveLength(7);
    expect(failures(schedule({ nodes: limited('many') }))).toEqual([]);
  });

  it('asks for the labels of the pool, and never whether a node is Ready', () => {
    expect(
      failures(schedule({ pools: pools(pool({ nodeSelector: { matchLabels: { role: 'egress' } } })) })),
    ).toHaveLength(10);
  });

  it('the ring has every node 50 times by CRC-32', () => {
    const nodeOf = (key: string) => new ConsistentHash(['n1', 'n2']).nodeOf(key);
    expect(new ConsistentHash([]).nodeOf('10.0.0.1')).toBeUndefined();
    expect(new ConsistentHash(['n2', 'n1']).nodeOf('10.0.0.1')).toBe(nodeOf('10.0.0.1'));
    expect(new ConsistentHash(['n1', 'n2']).nodeOf('10.0.0.1', (node) => node !== nodeOf('10.0.0.1'))).not.toBe(
      nodeOf('10.0.0.1'),
    );
  });
});

describe("Antrea's agent", () => {
  it('static status lingers: it is written by who has the address, and by nobody when it goes', () => {
    const agent = new AntreaEgressAgent('n1');
    const fixed = egress('a', '10.0.0.100', '');
    expect(agent.pass(view([fixed], { addresses: new Set(['10.0.0.100']) }))).toEqual([
      { egress: 'a', egressNode: 'n1', egressIP: '10.0.0.100' },
    ]);
    expect(agent.pass(view([fixed]))).toEqual([]);
    expect(agent.translates('10.0.0.100')).toBe(false);
  });

  it('of two holders of a static address the one that looked last has the status', () => {
    const fixed = egress('a', '10.0.0.100', '');
    const holding = view([fixed], { addresses: new Set(['10.0.0.100']) });
    expect(['n1', 'n2'].map((node) => new AntreaEgressAgent(node).pass(holding)[0]?.egressNode)).toEqual(['n1', 'n2']);
  });

  it('one Egress counts for a pod, the first, whatever the family', () => {
    const agent = new AntreaEgressAgent('n1');
    const pods = [{ uid: 'pod', namespace: 'team', node: 'n1' }];
    const [four, six] = [egress('four', '10.0.0.100', ''), egress('six', 'fd00::100', '')];
    agent.pass(view([four, six], { pods }));
    expect(agent.effective('pod')?.egressIP).toBe('10.0.0.100');
    agent.pass(view([six, four], { pods }));
    expect(agent.effective('pod')?.egressIP).toBe('10.0.0.100');
    agent.pass(view([six], { pods }));
    expect(agent.effective('pod')?.egressIP).toBe('fd00::100');
  });

  it('without a node for the address the Egress counts for nobody, and one agent says why', () => {
    const agent = new AntreaEgressAgent('n1');
    const pods = [{ uid: 'pod', namespace: 'team', node: 'n1' }];
    const reports = agent.pass(
      view([egress('a', '10.0.0.100')], {
        pods,
        schedule: new Map([['a', { error: 'no Node available' }]]),
        speaker: () => 'n1',
      }),
    );
    expect(reports).toMatchObject([{ egressNode: '', condition: { reason: 'AssignmentError' } }]);
    expect(agent.effective('pod')).toBeUndefined();
  });
});
