import type { KubernetesObject } from '@egressip-ipam/kube';
import { expect, it } from 'vitest';
import { countCarried, saysOfCarried } from './carried.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';
const object = (name: string, more: object, annotations = {}): KubernetesObject => ({
  metadata: { name, annotations },
  ...more,
});
const annotations = { [`${prefix}/egressipam`]: 'pool', [`${prefix}/allocated`]: 'pool/10.0.0.1,10.0.1.1' };
const state = (isReady: boolean, egressIPs: readonly string[]): Parameters<typeof countCarried>[0] => ({
  Namespace: new Map([['shop', object('shop', {}, annotations)]]),
  Node: new Map([
    ['n1', object('n1', { status: { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] } })],
  ]),
  NetNamespace: new Map([['shop', object('shop', { egressIPs })]]),
});
const both = ['10.0.0.1', '10.0.1.1'];
const hosts = new Map(both.map((address) => [address, ['n1']]));

it.each([
  ['bound and hosted', state(true, both), hosts, 1],
  ['not all bound', state(true, ['10.0.0.1']), hosts, 0],
  ['on a node that is not Ready', state(false, both), hosts, 0],
  ['not all hosted', state(true, both), new Map([['10.0.0.1', ['n1']]]), 0],
])('counts what is %s', (_, objects, on, carried) => {
  expect(countCarried(objects, on).get('pool')).toEqual({ claims: 1, carried });
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
