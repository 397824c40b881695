import type { NetworkStep } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { network } from '../network.ts';
import { aForeignEgressIP, anEgressIP, egressIPsOf, onOvn } from '../testing/builders.ts';

const step = (kind: string, name: string, payload: unknown): NetworkStep => ({
  kind: 'network',
  action: 'any',
  id: 'any',
  object: { kind, name },
  effects: {},
  after: [],
  payload,
});
const apply = step('EgressIP', 'egressip-shop', {
  write: 'apply',
  namespace: 'shop',
  egressIPAM: 'pool',
  egressIPs: ['10.0.0.1'],
});

describe('the writes', () => {
  it('apply labels and spec of an EgressIP alone: annotations and status are the network’s', () => {
    expect(network.write(apply)).toMatchObject({
      verb: 'apply',
      name: 'egressip-shop',
      fieldManager: 'egressip-ipam-operator',
      object: {
        metadata: { name: 'egressip-shop', labels: { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' } },
        spec: {
          egressIPs: ['10.0.0.1'],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
        },
      },
    });
  });

  it('set the label of a node together with our mark, and take both away', () => {
    for (const [assignable, value] of [
      [true, ''],
      [false, null],
    ] as const) {
      expect(network.write(step('Node', 'n1', { write: 'label', assignable }))).toMatchObject({
        verb: 'patch',
        resource: { plural: 'nodes' },
        conditional: false,
        body: {
          metadata: {
            labels: { 'k8s.ovn.org/egress-assignable': value },
            annotations: { 'egressip-ipam-operator.redhat-cop.io/egress-assignable': value },
          },
        },
      });
    }
  });

  it('say which EgressIPAM has a node, and leave the other label as it is', () => {
    for (const egressIPAM of ['pool', null]) {
      expect(network.write(step('Node', 'n1', { write: 'label', egressIPAM }))).toMatchObject({
        body: { metadata: { labels: { 'egressip-ipam-operator.redhat-cop.io/egressipam': egressIPAM } } },
      });
    }
  });

  it('delete by name', () => {
    expect(network.write(step('EgressIP', 'egressip-shop', { write: 'delete' }))).toMatchObject({
      verb: 'delete',
      name: 'egressip-shop',
    });
  });
});

describe('what a step changes', () => {
  const objectsOf = (...egressIPs: readonly ReturnType<typeof anEgressIP>[]): Parameters<typeof network.describe>[0] =>
    onOvn({}, egressIPs).network.objects;

  it.each([
    ['has nothing and should have 10.0.0.1', objectsOf()],
    ['has 10.0.0.9 and should have 10.0.0.1', objectsOf(anEgressIP('shop', ['10.0.0.9']))],
    [
      'is narrowed to some pods and should select the whole namespace',
      objectsOf(anEgressIP('shop', ['10.0.0.1'], { podSelector: { matchLabels: { a: 'b' } } })),
    ],
    [
      'selects something else and should select namespace shop',
      objectsOf(anEgressIP('web', ['10.0.0.1'], { name: 'egressip-shop' })),
    ],
  ])('is said: %s', (sentence, objects) => {
    expect(network.describe(objects, apply)).toBe(sentence);
  });

  it('keeps, when an EgressIP is applied again, what the network has assigned of it', () => {
    const assigned = [
      { node: 'n1', egressIP: '10.0.0.1' },
      { node: 'n2', egressIP: '10.0.0.9' },
    ];
    const before = onOvn({}, [
      anEgressIP('shop', ['10.0.0.9'], { assigned, unconfirmed: ['10.0.0.1'], mark: '50000' }),
    ]);
    const { objects } = network.simulate({ objects: before.network.objects, nodes: before.nodes }, apply);
    const [after] = egressIPsOf({ ...before, network: { ...before.network, objects } });
    expect(after).toMatchObject({ egressIPs: ['10.0.0.1'], assigned: [assigned[0]], mark: '50000' });
    expect(after).not.toHaveProperty('unconfirmed');
  });
});

describe('an address', () => {
  it('is explained by every object that names it', () => {
    const egressIPs = [
      anEgressIP('shop', ['10.0.0.1'], { assigned: [{ node: 'n1', egressIP: '10.0.0.1' }] }),
      aForeignEgressIP('other', ['10.0.0.1']),
    ];
    const configs = [
      { name: '10.0.0.1', specNode: 'n1' },
      { name: '0000.0000.0000.0000.0000.ffff.0a00.0001', deletedAt: '2026-01-01T00:00:00Z' },
    ];
    expect(network.explain(onOvn({}, egressIPs, configs).network.objects, '10.0.0.1')).toEqual([
      'EgressIP egressip-other names it, and is not ours.',
      'EgressIP egressip-shop names it.',
      'OVN-Kubernetes has it on node n1.',
      'CloudPrivateIPConfig 0000.0000.0000.0000.0000.ffff.0a00.0001 is going away, and holds it until it is gone.',
      'CloudPrivateIPConfig 10.0.0.1 asks the cloud for it on n1.',
    ]);
  });
});
