import { expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import { plain } from '../plain/plain-network.ts';
import type { NodeObservation } from '../provider-contract/observation.ts';
import type { ProviderSnapshot } from '../snapshot/snapshot.ts';
import { anEgressIPAM, aNamespace, aNode, aSnapshot } from '../testing/builders.ts';

const nic = { id: 'nic', main: true, subnets: ['10.0.0.0/8'], addresses: [] };
const bare = { node: 'n2', limits: {}, interfaces: [nic] };

/** A provider that attaches, with what it saw of nodes, and nothing in use in its CIDRs. */
const seeing = (nodes: readonly NodeObservation[], cidrs: readonly string[]): ProviderSnapshot => ({
  ...{ name: 'agent', attach: true, cloud: false, observationRequired: true },
  observation: { nodes, cidrs: cidrs.map((cidr) => ({ cidr, inUse: [], reserved: [] })) },
});

const reasonWith = (n2: NodeObservation, unschedulable = false) => {
  const n1: NodeObservation = { node: 'n1', limits: { total: 0 }, interfaces: [nic] };
  const nodes = [aNode('n1'), { ...aNode('n2'), ready: false, ...(unschedulable ? { unschedulable } : {}) }];
  const snapshot = aSnapshot({
    nodes,
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])],
    namespaces: [aNamespace('shop')],
    provider: seeing([n1, n2], ['10.0.0.0/24']),
  });
  return plan(snapshot, plain).waiting[0]?.reason;
};
it.each<readonly [string, NodeObservation]>([
  ['gives no sign of life', { ...bare, silent: true }],
  ['cannot be read', { node: 'n2', error: { class: 'not-found', message: 'no agent has reported' } }],
])('names the node whose agent %s, and no lack of room', (_what, n2) => {
  expect(reasonWith(n2)).toMatchObject({
    code: 'WaitingForNodes',
    message: expect.stringContaining('node n2 cannot be asked') as string,
  });
});

it('says that there is no room where nothing is awaited', () => {
  expect(reasonWith(bare)?.code).toBe('WaitingForCapacity');
  expect(reasonWith({ ...bare, silent: true }, true)?.code).toBe('WaitingForCapacity');
});

it('names the addresses that share too few nodes, and counts those alone that have room', () => {
  const seen = (node: string, total: number): NodeObservation => ({ node, limits: { total }, interfaces: [nic] });
  const waiting = (cidrs: readonly string[], rooms: readonly number[]): string | undefined => {
    const names = rooms.map((_, index) => `n${index}`);
    const cidrOf = (text: string): string => text.slice(0, text.indexOf('='));
    const snapshot = aSnapshot({
      nodes: names.map((name, index) => aNode(name, index === 0 ? 'a' : 'b')),
      egressIPAMs: [anEgressIPAM([...cidrs])],
      namespaces: [aNamespace('shop')],
      provider: seeing(
        names.map((name, index) => seen(name, rooms[index] ?? 0)),
        cidrs.map(cidrOf),
      ),
    });
    return plan(snapshot, plain).waiting[0]?.reason.message;
  };
  expect(waiting(['10.0.0.0/24=a', '10.0.1.0/24=a', '10.0.2.0/24=b'], [9, 9, 9])).toMatch(
    /^\S+, \S+ need as many different nodes, and only 1 can carry them now;/,
  );
  expect(waiting(['10.0.0.0/24=b', '10.0.1.0/24=b'], [9, 9, 0])).toMatch(/only 1 can carry them now;/);
});
