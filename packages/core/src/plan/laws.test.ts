import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterSnapshot, NodeSnapshot } from '../snapshot/snapshot.ts';
import { aHostSubnet, aNamespace, aNetNamespace, aNode, anEgressIPAM, aSnapshot, zoneLabel } from '../testing/builders.ts';
import { applyStep, readySteps } from '../simulate/apply-step.ts';
import { createPlanner, plan } from './planner.ts';
import type { Plan } from './plan-types.ts';

const runs = Number(process.env['LAW_RUNS'] ?? 60);
const zones = ['a', 'b'];

/** Something that happens in a cluster. Numbers choose objects; what they choose need not exist. */
type Happening =
  | { readonly type: 'namespace-added'; readonly which: number; readonly input: number | undefined }
  | { readonly type: 'namespace-removed'; readonly which: number }
  | { readonly type: 'opted-out'; readonly which: number }
  | { readonly type: 'switched'; readonly which: number }
  | { readonly type: 'asked'; readonly which: number; readonly input: number }
  | { readonly type: 'garbled'; readonly which: number }
  | { readonly type: 'node-flipped'; readonly which: number }
  | { readonly type: 'node-removed'; readonly which: number }
  | { readonly type: 'node-added'; readonly which: number }
  | { readonly type: 'node-relabelled'; readonly which: number }
  | { readonly type: 'pool-resized'; readonly prefix: number }
  | { readonly type: 'pool-drained'; readonly which: number }
  | { readonly type: 'pool-deleted' }
  | { readonly type: 'hosted-by-hand'; readonly which: number; readonly address: number }
  | { readonly type: 'steps'; readonly choices: readonly number[] };

const which = fc.nat({ max: 7 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('namespace-added' as const), which, input: fc.option(fc.nat({ max: 40 }), { nil: undefined }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('namespace-removed' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('opted-out' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('switched' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('asked' as const), which, input: fc.nat({ max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('garbled' as const), which }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('node-flipped' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('node-removed' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('node-added' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('node-relabelled' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pool-resized' as const), prefix: fc.integer({ min: 26, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pool-drained' as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pool-deleted' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('hosted-by-hand' as const), which, address: fc.nat({ max: 40 }) }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('steps' as const), choices: fc.array(fc.nat({ max: 50 }), { maxLength: 12 }) }) },
);

type Topology = 'one-zone-twice' | 'two-zones';

function start(topology: Topology, nodeCount: number, limit: number | undefined): ClusterSnapshot {
  const nodes = Array.from({ length: nodeCount }, (_, index) => aNode(`n${index}`, zones[topology === 'two-zones' ? index % 2 : 0]));
  const second = topology === 'two-zones' ? 'b' : 'a';
  const pools = [
    anEgressIPAM(['10.0.0.0/27=a', `10.0.1.0/27=${second}`]),
    anEgressIPAM(['10.9.0.0/27=z', '10.9.1.0/27=z'], { name: 'other', createdAt: '2026-01-01T01:00:00Z' }),
  ];
  const snapshot = aSnapshot({ nodes: [...nodes, aNode('n8', 'z'), aNode('n9', 'z')], egressIPAMs: pools });
  return limit === undefined ? snapshot : withClouds(snapshot, limit);
}

/** The same cluster on a cloud whose interfaces carry a limited number of addresses. */
function withClouds(snapshot: ClusterSnapshot, limit: number): ClusterSnapshot {
  return { ...snapshot, provider: { name: 'memory', attach: true, cloud: true, observationRequired: true, observation: { nodes: snapshot.nodes.map((node) => seen(node, limit)), cidrs: ['10.0.0.0', '10.0.1.0', '10.9.0.0', '10.9.1.0'].flatMap((base) => [26, 27, 28, 29, 30].map((prefix) => ({ cidr: `${base}/${prefix}`, inUse: [], reserved: [`${base}`] }))) } } };
}

function seen(node: NodeSnapshot, limit: number): { node: string; interfaces: { id: string; main: boolean; subnets: string[]; addresses: { address: string; primary: boolean }[] }[]; limits: { ipv4: number } } {
  return { node: node.name, limits: { ipv4: limit + 1 }, interfaces: [{ id: `nic-${node.name}`, main: true, subnets: ['10.0.0.0/8'], addresses: [{ address: node.addresses[0] ?? '', primary: true }] }] };
}

/** What the history knows beside the cluster: who may lose what, and why. */
interface Memory {
  readonly foreign: Set<string>;
  /** Namespaces whose owner asked for a change since the last plan. */
  readonly asked: Set<string>;
}

function happen(snapshot: ClusterSnapshot, event: Exclude<Happening, { type: 'steps' }>, memory: Memory): ClusterSnapshot {
  const namespaceName = 'which' in event ? `ns${event.which}` : '';
  const nodeName = 'which' in event ? `n${event.which}` : '';
  const editNamespace = (edit: (namespace: ClusterSnapshot['namespaces'][number]) => ClusterSnapshot['namespaces'][number]): ClusterSnapshot => {
    memory.asked.add(namespaceName);
    return { ...snapshot, namespaces: snapshot.namespaces.map((namespace) => (namespace.name === namespaceName ? edit(namespace) : namespace)) };
  };
  const editNode = (edit: (node: NodeSnapshot) => NodeSnapshot): ClusterSnapshot => ({ ...snapshot, nodes: snapshot.nodes.map((node) => (node.name === nodeName ? edit(node) : node)) });
  switch (event.type) {
    case 'namespace-added': {
      if (snapshot.namespaces.some(({ name }) => name === namespaceName)) return snapshot;
      const input = event.input === undefined ? {} : { egressIPs: `10.0.0.${event.input},10.0.1.${event.input}` };
      return {
        ...snapshot,
        namespaces: [...snapshot.namespaces, aNamespace(namespaceName, event.which, input)].sort((a, b) => (a.name < b.name ? -1 : 1)),
        netNamespaces: [...snapshot.netNamespaces, aNetNamespace(namespaceName)].sort((a, b) => (a.name < b.name ? -1 : 1)),
      };
    }
    case 'namespace-removed':
      memory.asked.add(namespaceName);
      return { ...snapshot, namespaces: snapshot.namespaces.filter(({ name }) => name !== namespaceName), netNamespaces: snapshot.netNamespaces.filter(({ name }) => name !== namespaceName) };
    case 'opted-out':
      return editNamespace(({ egressIPAM: _egressIPAM, ...rest }) => rest);
    case 'switched':
      return editNamespace((namespace) => ({ ...namespace, egressIPAM: namespace.egressIPAM === 'pool' ? 'other' : 'pool' }));
    case 'asked':
      return editNamespace((namespace) => ({ ...namespace, egressIPs: `10.0.0.${event.input},10.0.1.${event.input}` }));
    case 'garbled':
      return editNamespace((namespace) => ({ ...namespace, egressIPs: '10.0.0.300,,nonsense' }));
    case 'node-flipped':
      return editNode((node) => ({ ...node, ready: !node.ready }));
    case 'node-removed': {
      // The master of the SDN may be late, or down: then the HostSubnet outlives its node.
      const outlives = event.which % 2 === 1;
      const left = { ...snapshot, nodes: snapshot.nodes.filter(({ name }) => name !== nodeName), provider: withoutNode(snapshot.provider, nodeName) };
      if (outlives) return left;
      for (const entry of memory.foreign) if (entry.startsWith(`${nodeName}/`)) memory.foreign.delete(entry);
      return { ...left, hostSubnets: snapshot.hostSubnets.filter(({ name }) => name !== nodeName) };
    }
    case 'node-added': {
      if (snapshot.nodes.some(({ name }) => name === nodeName)) return snapshot;
      const node = aNode(nodeName, 'a');
      const { observation } = snapshot.provider;
      const provider = observation === undefined ? snapshot.provider : { ...snapshot.provider, observation: { ...observation, nodes: [...observation.nodes, seen(node, 3)] } };
      const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
      return { ...snapshot, nodes: [...snapshot.nodes, node].sort(byName), hostSubnets: snapshot.hostSubnets.some(({ name }) => name === nodeName) ? snapshot.hostSubnets : [...snapshot.hostSubnets, aHostSubnet(node)].sort(byName), provider };
    }
    case 'node-relabelled':
      return editNode((node) => ({ ...node, labels: { [zoneLabel]: node.labels[zoneLabel] === 'a' ? 'b' : 'a' } }));
    case 'pool-resized':
      return editPool(snapshot, (pool) => ({ ...pool, cidrAssignments: pool.cidrAssignments.map((entry) => ({ ...entry, CIDR: entry.CIDR.replace(/\d+$/, String(event.prefix)) })) }));
    case 'pool-drained':
      return editPool(snapshot, (pool) => ({ ...pool, cidrAssignments: pool.cidrAssignments.map((entry, index) => (index === event.which % 2 ? { ...entry, drain: entry.drain !== true } : entry)) }));
    case 'pool-deleted':
      for (const namespace of snapshot.namespaces) memory.asked.add(namespace.name);
      return editPool(snapshot, (pool) => ({ ...pool, deletedAt: '2026-02-01T00:00:00Z' }));
    case 'hosted-by-hand': {
      const address = `10.0.0.${event.address}`;
      const isKnown = plan(snapshot).allocations.some(({ addresses }) => addresses.includes(address)) || snapshot.hostSubnets.some(({ egressIPs, hostedIPs }) => egressIPs.includes(address) || hostedIPs?.includes(`${address}=`) === true);
      const isMentioned = snapshot.namespaces.some(({ egressIPs, allocated }) => `${egressIPs},${allocated?.split('/')[1]}`.split(',').includes(address));
      if (isKnown || isMentioned || !snapshot.hostSubnets.some(({ name }) => name === nodeName)) return snapshot;
      memory.foreign.add(`${nodeName}/${address}`);
      return { ...snapshot, hostSubnets: snapshot.hostSubnets.map((entry) => (entry.name === nodeName ? { ...entry, egressIPs: [...entry.egressIPs, address] } : entry)) };
    }
  }
}

function editPool(snapshot: ClusterSnapshot, edit: (pool: ClusterSnapshot['egressIPAMs'][number]) => ClusterSnapshot['egressIPAMs'][number]): ClusterSnapshot {
  return { ...snapshot, egressIPAMs: snapshot.egressIPAMs.map((pool) => (pool.name === 'pool' ? edit(pool) : pool)) };
}

function withoutNode(provider: ClusterSnapshot['provider'], name: string): ClusterSnapshot['provider'] {
  const { observation } = provider;
  if (observation === undefined) return provider;
  const gone = observation.nodes.find(({ node }) => node === name);
  const carried = new Set(gone === undefined || 'error' in gone ? [] : gone.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  const cidrs = observation.cidrs.map((cidr) => ('error' in cidr ? cidr : { ...cidr, inUse: cidr.inUse.filter(({ address }) => !carried.has(address)) }));
  return { ...provider, observation: { nodes: observation.nodes.filter(({ node }) => node !== name), cidrs } };
}

/** Runs a history; calls back after every plan and around every step. */
function live(
  initial: ClusterSnapshot,
  history: readonly Happening[],
  watch: { readonly planned?: (snapshot: ClusterSnapshot, result: Plan, memory: Memory) => void; readonly stepped?: (before: ClusterSnapshot, after: ClusterSnapshot, memory: Memory) => void },
): { readonly snapshot: ClusterSnapshot; readonly memory: Memory } {
  const memory: Memory = { foreign: new Set(), asked: new Set() };
  let snapshot = initial;
  const planner = createPlanner();
  const think = (): Plan => {
    const result = planner.plan(snapshot);
    watch.planned?.(snapshot, result, memory);
    memory.asked.clear();
    return result;
  };
  for (const event of history) {
    if (event.type !== 'steps') {
      snapshot = happen(snapshot, event, memory);
      think();
      continue;
    }
    for (const choice of event.choices) {
      const ready = readySteps(think());
      const step = ready[choice % Math.max(ready.length, 1)];
      if (step === undefined) break;
      const before = snapshot;
      snapshot = applyStep(snapshot, step);
      watch.stepped?.(before, snapshot, memory);
    }
  }
  return { snapshot, memory };
}

/** Carries out every ready step until there is none. */
function converge(initial: ClusterSnapshot): { readonly snapshot: ClusterSnapshot; readonly result: Plan; readonly writes: ReadonlyMap<string, number> } {
  let snapshot = initial;
  const writes = new Map<string, number>();
  for (let round = 0; round < 60; round += 1) {
    const result = plan(snapshot);
    const ready = readySteps(result);
    if (ready.length === 0) {
      expect(result.steps, 'a plan that can go no further has no steps left').toEqual([]);
      return { snapshot, result, writes };
    }
    for (const step of ready) {
      snapshot = applyStep(snapshot, step);
      const object = step.id.split('/').slice(0, 2).join('/');
      writes.set(object, (writes.get(object) ?? 0) + 1);
    }
  }
  throw new Error('does not converge');
}

const cluster = fc.record({
  topology: fc.constantFrom<Topology>('one-zone-twice', 'two-zones'),
  nodes: fc.integer({ min: 1, max: 6 }),
  limit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  history: fc.array(happening, { minLength: 5, maxLength: 40 }),
});

function holds(check: (initial: ClusterSnapshot, history: readonly Happening[], limit: number | undefined) => void): void {
  fc.assert(fc.property(cluster, ({ topology, nodes, limit, history }) => check(start(topology, nodes, limit), history, limit)), { numRuns: runs });
}

const hostsOf = (snapshot: ClusterSnapshot): Map<string, string[]> => {
  const hosts = new Map<string, string[]>();
  for (const { name, egressIPs } of snapshot.hostSubnets) for (const address of egressIPs) hosts.set(address, [...(hosts.get(address) ?? []), name]);
  return hosts;
};

describe('the laws, over random clusters and histories', () => {
  it('law 1: no address is allocated twice, nor hosted on two nodes, nor given out while someone else uses it', () => {
    holds((initial, history) => {
      live(initial, history, {
        planned: (snapshot, { allocations, steps }, { foreign }) => {
          const all = allocations.flatMap(({ addresses }) => addresses);
          expect(new Set(all).size).toBe(all.length);
          const fresh = steps.flatMap((step) => (step.kind === 'annotate' && typeof step.egressIPs === 'string' ? step.addresses : []));
          for (const entry of foreign) expect(fresh).not.toContain(entry.split('/')[1]);
          const bound = new Map(snapshot.netNamespaces.flatMap(({ name, egressIPs }) => egressIPs.map((address) => [address, name] as const)));
          for (const { namespace, addresses, source } of allocations) {
            if (source === 'kept') continue;
            for (const address of addresses) expect([undefined, namespace]).toContain(bound.get(address));
          }
        },
        stepped: (before, after) => {
          const was = hostsOf(before);
          for (const [address, nodes] of hostsOf(after)) expect(nodes.length, `${address} on ${nodes.join()}`).toBeLessThanOrEqual(Math.max(1, was.get(address)?.length ?? 0));
        },
      });
    });
  });

  it('law 2: an allocated address never changes unless its owner asks', () => {
    holds((initial, history) => {
      const had = new Map<string, readonly string[]>();
      live(initial, history, {
        planned: (snapshot, { allocations }, { asked }) => {
          for (const name of asked) had.delete(name);
          const now = new Map(allocations.map(({ namespace, addresses }) => [namespace, addresses]));
          for (const [namespace, addresses] of had) for (const address of addresses) expect(now.get(namespace) ?? [], `${namespace} keeps ${address}`).toContain(address);
          for (const { name, allocated, egressIPAM, egressIPs } of snapshot.namespaces) {
            const onRecord = allocated?.slice(allocated.indexOf('/') + 1).split(',') ?? [];
            if (egressIPs !== onRecord.join(',')) had.delete(name);
            else if (egressIPAM !== undefined) had.set(name, (now.get(name) ?? []).filter((address) => onRecord.includes(address)));
          }
        },
      });
    });
  });

  it('law 3: two addresses of one namespace are never on one node', () => {
    holds((initial, history) => {
      live(initial, history, {
        planned: (_snapshot, { allocations }) => {
          for (const { nodes } of allocations) {
            const placed = nodes.filter((node) => node !== null);
            expect(new Set(placed).size).toBe(placed.length);
          }
        },
      });
    });
  });

  it('law 4: a new allocation has a node with room for each of its addresses', () => {
    holds((initial, history, limit) => {
      live(initial, history, {
        planned: (snapshot, { allocations }) => {
          const added = new Map<string, number>();
          for (const { source, nodes } of allocations) {
            if (source === 'kept') continue;
            for (const node of nodes) {
              expect(node).not.toBeNull();
              const found = snapshot.nodes.find(({ name }) => name === node);
              expect(found?.ready).toBe(true);
              added.set(node ?? '', (added.get(node ?? '') ?? 0) + 1);
            }
          }
          if (limit === undefined) return;
          for (const [node] of added) {
            const observed = snapshot.provider.observation?.nodes.find((entry) => entry.node === node);
            if (observed === undefined || 'error' in observed) continue;
            const on = allocations.flatMap(({ nodes }) => nodes).filter((name) => name === node).length;
            expect(on).toBeLessThanOrEqual((observed.limits.ipv4 ?? Infinity) - 1);
          }
        },
      });
    });
  });

  it('law 5: what a person put on a HostSubnet stays', () => {
    holds((initial, history) => {
      live(initial, history, {
        stepped: (_before, after, { foreign }) => {
          const hosts = hostsOf(after);
          for (const entry of foreign) {
            const [node = '', address = ''] = entry.split('/');
            if (after.hostSubnets.some(({ name }) => name === node)) expect(hosts.get(address)).toContain(node);
          }
        },
      });
    });
  });

  it('law 6: nothing is allocated before everything is read', () => {
    holds((initial, history) => {
      const { snapshot } = live(initial, history, {});
      const allocatesNew = ({ steps }: Plan): boolean => steps.some((step) => step.kind === 'annotate' && typeof step.egressIPs === 'string');
      const known = new Set(snapshot.namespaces.filter(({ egressIPs, allocated }) => egressIPs !== undefined || allocated !== undefined).map(({ name }) => name));
      const unsynced = plan({ ...snapshot, unsynced: ['Node'] });
      expect(unsynced.allocations.filter(({ source, namespace }) => source !== 'kept' && !known.has(namespace))).toEqual([]);
      const { observation: _observation, ...provider } = snapshot.provider;
      const unseen = plan({ ...snapshot, provider: { ...provider, observationRequired: true } });
      expect(unseen.allocations.filter(({ source }) => source !== 'kept')).toEqual([]);
      if (snapshot.namespaces.length > known.size) expect(allocatesNew(unsynced) && unsynced.allocations.some(({ source }) => source === 'new')).toBe(false);
    });
  });

  it('law 7: an address is bound only once hosted and attached, and unbound before it goes', () => {
    holds((initial, history) => {
      live(initial, history, {
        stepped: (before, after) => {
          const [was, is] = [hostsOf(before), hostsOf(after)];
          const boundBefore = new Set(before.netNamespaces.flatMap(({ egressIPs }) => egressIPs));
          for (const { egressIPs } of after.netNamespaces) {
            for (const address of egressIPs) {
              if (!boundBefore.has(address)) expect(is.has(address), `${address} is hosted when it is bound`).toBe(true);
              const moves = plan(after).allocations.some(({ addresses, nodes }) => addresses.includes(address) && nodes[addresses.indexOf(address)] !== null);
              if (was.has(address) && !moves) expect(is.has(address), `${address} is still hosted while bound`).toBe(true);
            }
          }
        },
      });
    });
  });

  it('law 8: a garbled namespace, EgressIPAM or node changes nothing for the others', () => {
    holds((initial, history) => {
      const { snapshot } = live(initial, history, {});
      const bad = aNamespace('zz-bad', 99, { egressIPs: '1.2.3,10.0.0.1/33,,', allocated: '////', createdAt: 'never' });
      const badNode = aNode('zz-bad', 'q', { addresses: ['x'], hostCIDRs: '{', egressIPConfig: '[]' });
      const badPool = anEgressIPAM(['10.0.0.0/99=a', 'nonsense=a'], { name: 'zz-bad', createdAt: 'never', coolDown: 'soon', nodeSelector: { matchExpressions: [{ key: 'a', operator: 'Near' }] } });
      const worse = { ...snapshot, namespaces: [...snapshot.namespaces, bad], nodes: [...snapshot.nodes, badNode], egressIPAMs: [...snapshot.egressIPAMs, badPool] };
      const [good, mixed] = [plan(snapshot), plan(worse)];
      expect(mixed.allocations.filter(({ namespace }) => namespace !== 'zz-bad')).toEqual(good.allocations);
      expect(mixed.steps.filter(({ id }) => !id.includes('zz-bad'))).toEqual(good.steps);
    });
  });

  it('law 9: a crash between any two steps loses nothing and leaks nothing', () => {
    holds((initial, history) => {
      const { snapshot } = live(initial, history, {});
      const there = converge(snapshot);
      let interrupted = snapshot;
      for (let count = 0; count < 3; count += 1) {
        const [first] = readySteps(plan(interrupted));
        if (first !== undefined) interrupted = applyStep(interrupted, first);
      }
      const restarted = converge(JSON.parse(JSON.stringify(interrupted)) as ClusterSnapshot);
      // Which of two claims gets the last room may depend on whose release ended first; that as many are served may not.
      const served = ({ result }: { result: Plan }): number => result.allocations.flatMap(({ addresses }) => addresses).length;
      expect(served(restarted)).toBe(served(there));
      const owned = new Set(restarted.result.allocations.flatMap(({ addresses }) => addresses));
      for (const { hostedIPs } of restarted.snapshot.hostSubnets) {
        for (const entry of hostedIPs?.split(',') ?? []) expect(owned, 'nothing of ours is left on a node').toContain(entry.split('=')[0]);
      }
      for (const node of restarted.snapshot.provider.observation?.nodes ?? []) {
        const secondary = 'error' in node ? [] : node.interfaces.flatMap(({ addresses }) => addresses.filter(({ primary }) => primary !== true));
        for (const { address } of secondary) expect(owned, `nothing of ours is left on the interface of ${node.node}`).toContain(address);
      }
    });
  });

  it('law 10: at rest nothing is written, and on the way each object few times', () => {
    holds((initial, history) => {
      const { snapshot, writes } = converge(live(initial, history, {}).snapshot);
      expect(plan(snapshot).steps).toEqual([]);
      for (const [object, count] of writes) expect(count, `writes of ${object}`).toBeLessThanOrEqual(object.startsWith('host/') ? 6 : 3);
    });
    holds((initial, history) => {
      live(initial, history, { stepped: (before, after) => expect(JSON.stringify(after), 'a step that changes nothing').not.toBe(JSON.stringify(before)) });
    });
  });

  it('a planner that lives on gives what plan() gives', () => {
    holds((initial, history) => {
      live(initial, history, { planned: (snapshot, result) => expect(JSON.stringify(result)).toBe(JSON.stringify(plan(JSON.parse(JSON.stringify(snapshot)) as ClusterSnapshot))) });
    });
  });
});
