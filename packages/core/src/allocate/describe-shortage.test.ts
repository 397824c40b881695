import { expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import { plain } from '../plain/plain-network.ts';
import type { NodeObservation } from '../provider-contract/observation.ts';
import { anEgressIPAM, aNamespace, aNode, aSnapshot } from '../testing/builders.ts';

const nic = { id: 'nic', main: true, subnets: ['10.0.0.0/8'], addresses: [] };
const bare = { node: 'n2', limits: {}, interfaces: [nic] };

const reasonWith = (n2: NodeObservation, unschedulable = false) => {
  const n1: NodeObservation = { node: 'n1', limits: { total: 0 }, interfaces: [nic] };
  const nodes = [aNode('n1'), { ...aNode('n2'), ready: false, ...(unschedulable ? { unschedulable } : {}) }];
  const snapshot = aSnapshot({
    nodes,
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])],
    namespaces: [aNamespace('shop')],
    provider: {
      name: 'agent',
      attach: true,
      cloud: false,
      observationRequired: true,
      observation: { nodes: [n1, n2], cidrs: [{ cidr: '10.0.0.0/24', inUse: [], reserved: [] }] },
    },
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
