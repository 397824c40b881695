import type { ClusterSnapshot } from '@egressip-ipam/core';
import { anEgressIPAM, zoneLabel } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { anOvnNode, findingsOf, onOvn, primary } from '../testing/builders.ts';

const label = 'k8s.ovn.org/egress-assignable';
const node = (
  name: string,
  labels: Readonly<Record<string, string>>,
  ipv4 = '10.0.0.200/24',
): ClusterSnapshot['nodes'][number] => anOvnNode(name, 'a', primary({ ipv4 }), { labels });
const pool = (name: string, cidr: string): ClusterSnapshot['egressIPAMs'][number] =>
  anEgressIPAM([`${cidr}=a`], { name, nodeSelector: { matchLabels: { pool: name } } });
const inPool = (name: string): Readonly<Record<string, string>> => ({ [zoneLabel]: 'a', pool: name });
const messages = (snapshot: ClusterSnapshot): readonly string[] =>
  findingsOf(snapshot, 'TopologyNotEnforceable').map(({ object, message }) => `${object.name}: ${message}`);

describe('nodes that the network may choose though nobody meant them', () => {
  const egressIPAMs = [pool('left', '10.0.0.16/28'), pool('right', '10.0.0.32/28')];

  it('are named with the EgressIPAM that has them, on both', () => {
    const snapshot = onOvn({ egressIPAMs, nodes: [node('wa', inPool('left')), node('wb', inPool('right'))] });
    expect(messages(snapshot)).toEqual([
      expect.stringMatching(/^left: .*10\.0\.0\.16\/28.*wb \(EgressIPAM right\)/) as string,
      expect.stringMatching(/^right: .*10\.0\.0\.32\/28.*wa \(EgressIPAM left\)/) as string,
    ]);
  });

  it('are named where a person labelled them', () => {
    const byHand = node('wx', { [label]: '' });
    expect(
      messages(
        onOvn({
          egressIPAMs: [egressIPAMs[0] ?? pool('left', '10.0.0.16/28')],
          nodes: [node('wa', inPool('left')), byHand],
        }),
      ),
    ).toEqual([expect.stringContaining('wx (labelled, and of no EgressIPAM)') as string]);
  });

  it('are none where subnets are apart, or EgressIPs say which nodes they may use', () => {
    const apart = [node('wa', inPool('left')), node('wb', inPool('right'), '10.0.1.200/24')];
    expect(
      messages(onOvn({ egressIPAMs: [pool('left', '10.0.0.16/28'), pool('right', '10.0.1.32/28')], nodes: apart })),
    ).toEqual([]);
    const together = [node('wa', inPool('left')), node('wb', inPool('right'))];
    expect(messages(onOvn({ egressIPAMs, nodes: together }, [], [], { egressNodeSelector: true }))).toEqual([]);
  });
});

describe('zones of one EgressIPAM in one subnet', () => {
  const egressIPAMs = [anEgressIPAM(['10.0.0.16/28=a', '10.0.0.32/28=b'])];
  const nodes = [node('wa', { [zoneLabel]: 'a' }), node('wb', { [zoneLabel]: 'b' })];

  it.each([[false], [true]])(
    'are no pins, even where EgressIPs select nodes (%s), as one selects for all of its addresses',
    (egressNodeSelector) => {
      expect(messages(onOvn({ egressIPAMs, nodes }, [], [], { egressNodeSelector }))).toEqual([
        expect.stringContaining(`wb (another ${zoneLabel})`) as string,
        expect.stringContaining(`wa (another ${zoneLabel})`) as string,
      ]);
    },
  );
});
