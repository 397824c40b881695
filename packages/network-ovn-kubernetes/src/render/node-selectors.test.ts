import type { ClusterSnapshot } from '@egressip-ipam/core';
import { aNamespace, anEgressIPAM, applyStep } from '@egressip-ipam/core/testing';
import { expect, it } from 'vitest';
import { network } from '../network.ts';
import { anOvnNode, egressIPsOf, onOvn, planOf, primary, readyOf } from '../testing/builders.ts';
import { assign } from '../testing/ovn-at-work.ts';

const node = (number: number, zone: string): ReturnType<typeof anOvnNode> =>
  anOvnNode(`n${number}`, zone, primary({ ipv4: `10.${number}.0.250/24` }));

it('a namespace of several addresses that comes to another EgressIPAM has as many that carry, until the last one is there', () => {
  const start = onOvn(
    {
      egressIPAMs: [
        anEgressIPAM(['10.1.0.0/24=a', '10.2.0.0/24=b']),
        anEgressIPAM(['10.3.0.0/24=c', '10.4.0.0/24=d'], { name: 'other', createdAt: '2026-01-01T01:00:00Z' }),
      ],
      nodes: [node(1, 'a'), node(2, 'b'), node(3, 'c'), node(4, 'd')],
      namespaces: [aNamespace('shop')],
    },
    [],
    [],
    { egressNodeSelector: true },
  );
  const carried = (snapshot: ClusterSnapshot): readonly string[] =>
    egressIPsOf(snapshot).flatMap(({ assigned }) => assigned.map(({ egressIP }) => egressIP));
  const seen: string[] = [];
  const run = (from: ClusterSnapshot): ClusterSnapshot => {
    let cluster = from;
    for (let [step] = readyOf(cluster); step !== undefined; [step] = readyOf(cluster)) {
      cluster = assign(applyStep(cluster, step, network));
      seen.push(carried(cluster).join());
    }
    return cluster;
  };
  const served = run(start);
  expect(carried(served)).toEqual(['10.1.0.1', '10.2.0.1']);
  seen.length = 0;
  const moved = run({
    ...served,
    namespaces: served.namespaces.map((entry) => ({ ...entry, egressIPAM: 'other' })),
  });
  expect(carried(moved).toSorted()).toEqual(['10.3.0.1', '10.4.0.1']);
  expect(Math.min(...seen.map((addresses) => addresses.split(',').filter(Boolean).length))).toBe(2);
  expect(egressIPsOf(moved)).toMatchObject([
    { egressNodeSelector: { matchLabels: { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'other' } } },
  ]);
  expect(planOf(moved).steps).toEqual([]);
});
