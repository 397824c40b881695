import { check, plan } from '@egressip-ipam/core';
import { aNamespace, aNode, anEgressIPAM, applyStep, aSnapshot, readySteps } from '@egressip-ipam/core/testing';
import { expect, it } from 'vitest';
import { network } from '../network.ts';
import { antreaAtWork, dressed } from '../testing/antrea-at-work.ts';

/** For whom `check` asks for another node, where a namespace has an address of each of two CIDRs. */
function fragile(zones: readonly [string, string], nodes: readonly string[]): readonly string[] {
  let cluster = aSnapshot(
    {
      egressIPAMs: [anEgressIPAM([`10.0.0.0/29=${zones[0]}`, `10.0.1.0/29=${zones[1]}`])],
      nodes: nodes.map((zone, index) => dressed(aNode(`n${index}`, zone))),
      namespaces: [aNamespace('team')],
      network: { name: 'antrea', objects: {} },
    },
    network,
  );
  for (let round = 0; round < 20; round += 1)
    for (const step of readySteps(plan(cluster, network))) cluster = antreaAtWork(applyStep(cluster, step, network));
  const { problems, capacity } = check(cluster, network);
  expect(capacity.map(({ allocated }) => allocated)).toEqual([1, 1]);
  return problems.flatMap(({ code, message }) => (code === 'NoSpareCapacity' ? [message] : []));
}

it('asks for no node for an address that is in reserve, and so on none', () => {
  expect(fragile(['a', 'a'], ['a', 'a'])).toEqual([]);
  expect(fragile(['a', 'b'], ['a', 'a', 'b'])).toEqual([]);
  expect(fragile(['a', 'b'], ['a', 'b'])).toEqual([
    'the loss of the only node of 10.0.0.0/29 that takes addresses would leave addresses without a node; add a node',
  ]);
});
