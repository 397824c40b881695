import { aNamespace } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import type { EgressIPEntry } from '../kinds/egress-ip.ts';
import { namespaceNameLabel } from '../kinds/names.ts';
import { aForeignEgressIP, anEgressIP, findingsOf, onOvn, planOf } from '../testing/builders.ts';

const had = { egressIPs: '10.0.0.5', allocated: 'pool/10.0.0.5' };
const assigned = [{ egressIP: '10.0.0.5', node: 'n1' }];
const nodes = 'the address of whatever node a pod runs on';

const said = (entry: Partial<EgressIPEntry>, ...others: readonly EgressIPEntry[]): unknown => {
  const egressIPs = [anEgressIP('shop', ['10.0.0.5'], entry), ...others];
  const snapshot = onOvn({ namespaces: [aNamespace('shop', 0, had)] }, egressIPs);
  const allocation = planOf(snapshot).allocations.find(({ namespace }) => namespace === 'shop');
  const messages = [...findingsOf(snapshot, 'Unassigned'), ...findingsOf(snapshot, 'PartiallyAssigned')].map(
    ({ message }) => message,
  );
  return [allocation?.carried, ...messages];
};

describe('an EgressIP of ours that somebody turned to other pods', () => {
  it('is said to be that, and what leaves by what: it may well be on a node', () => {
    expect(said({ assigned })).toEqual([true]);
    expect(said({ assigned, namespaceSelector: { matchLabels: { [namespaceNameLabel]: 'bar' } } })).toEqual([
      false,
      `EgressIP egressip-shop selects namespace bar in its place: until that is put right, traffic leaves with ${nodes}, and that of bar with 10.0.0.5`,
    ]);
    expect(said({ assigned, podSelector: { matchLabels: { app: 'web' } } })).toEqual([
      false,
      `EgressIP egressip-shop selects only some pods of the namespace: until that is put right, traffic of the others leaves with ${nodes}`,
    ]);
    for (const namespaceSelector of [
      {},
      { matchLabels: { [namespaceNameLabel]: 'shop', tier: 'web' } },
      { matchExpressions: [{ key: namespaceNameLabel, operator: 'In', values: ['shop', 'bar'] }] },
    ])
      expect(said({ assigned, namespaceSelector })).toEqual([
        false,
        `EgressIP egressip-shop does not select by the namespace's name alone: until that is put right, traffic of the namespace may leave with ${nodes}, and that of other namespaces with 10.0.0.5`,
      ]);
  });
});

describe('where no node carries an address', () => {
  const other = aForeignEgressIP('shop', ['10.0.0.9'], {
    name: 'hand',
    assigned: [{ egressIP: '10.0.0.9', node: 'n2' }],
  });

  it('traffic leaves by the EgressIP of somebody else, where that selects the namespace', () => {
    const by = `${nodes}, or of EgressIP hand, which selects it too`;
    expect(said({ assigned: [] })).toEqual([
      false,
      expect.stringMatching(/leaves with the address of whatever node a pod runs on$/),
    ]);
    expect(said({ assigned: [] }, other)).toEqual([
      false,
      `no node carries 10.0.0.5 yet: until one does, traffic leaves with ${by}`,
    ]);
    expect(said({ name: 'stranger', egressIPAM: 'other', applied: false, egressIPs: ['10.0.0.77'] }, other)).toEqual([
      false,
      expect.stringContaining(
        `EgressIP egressip-shop is not there, so no node carries 10.0.0.5: until one does, traffic leaves with ${nodes}, or of EgressIP hand`,
      ),
    ]);
  });
});

it.each([
  ['lacks it as it is full', [], { carried: false, unattached: ['10.0.0.5'], state: 'Assigned' }],
  ['has it', [{ address: '10.0.0.5', primary: false }], { carried: true, state: 'Assigned' }],
])(
  'of an address that is placed on a node whose NIC %s, it is told apart what becomes of the traffic',
  (_, has, told) => {
    const nodes = ['n1', 'n2'].map((node) => ({
      node,
      limits: {},
      interfaces: [{ id: node, main: true, subnets: ['10.0.0.0/24'], addresses: node === 'n1' ? has : [] }],
    }));
    const observation = { nodes, cidrs: [{ cidr: '10.0.0.0/27', inUse: [], reserved: [] }] };
    const provider = { name: 'aws', attach: true, cloud: true, observationRequired: true, observation };
    const snapshot = onOvn({ namespaces: [aNamespace('shop', 0, had)], provider }, [
      anEgressIP('shop', ['10.0.0.5'], { assigned }),
    ]);
    const [allocation] = planOf(snapshot).allocations;
    const { carried, unattached, state } = allocation ?? {};
    expect({ carried, ...(unattached && { unattached }), state }).toEqual(told);
  },
);
