import type { KubernetesObject } from '@egressip-ipam/kube';
import { expect, it } from 'vitest';
import { countCarried, saysOfCarried } from './carried.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';
const object = (name: string, more: object, annotations = {}): KubernetesObject => ({
  metadata: { name, annotations },
  ...more,
});
const annotations = { [`${prefix}/egressipam`]: 'pool', [`${prefix}/allocated`]: 'pool/10.0.0.1,10.0.1.1' };
const state = (isReady: boolean): Parameters<typeof countCarried>[0] => ({
  Namespace: new Map([['shop', object('shop', {}, annotations)]]),
  Node: new Map([
    ['n1', object('n1', { status: { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] } })],
  ]),
});
const on =
  (nodes: Readonly<Record<string, readonly string[]>>) =>
  (namespace: string, address: string): readonly string[] =>
    namespace === 'shop' ? (nodes[address] ?? []) : [];

it.each([
  ['all carried', true, { '10.0.0.1': ['n1'], '10.0.1.1': ['n2', 'n1'] }, 1],
  ['on a node that is not Ready', false, { '10.0.0.1': ['n1'], '10.0.1.1': ['n1'] }, 0],
  ['on a node that is not there', true, { '10.0.0.1': ['n1'], '10.0.1.1': ['n2'] }, 0],
  ['not all carried', true, { '10.0.0.1': ['n1'] }, 0],
])('counts what is %s', (_, isReady, nodes, carried) => {
  expect(countCarried(state(isReady), on(nodes)).get('pool')).toEqual({ claims: 1, carried });
});

it('finds what a status claims and no moment shows', () => {
  const pool = (carried: number, ready: string): KubernetesObject =>
    object('pool', { status: { carried, conditions: [{ type: 'Ready', status: ready }] } });
  const moments = [
    { claims: 3, carried: 1 },
    { claims: 3, carried: 2 },
  ];
  expect(saysOfCarried(undefined, pool(2, 'False'), moments)).toEqual([]);
  expect(saysOfCarried(undefined, pool(3, 'True'), moments)).toEqual([
    'carried is 3, and 2 are',
    'Ready is True, and not all are carried',
  ]);
  expect(saysOfCarried(undefined, pool(3, 'True'), [...moments, { claims: 3, carried: 3 }])).toEqual([]);
  expect(saysOfCarried(pool(3, 'True'), pool(3, 'True'), moments)).toEqual([]);
});
