import { describe, expect, it } from 'vitest';
import { parseCidrs } from '../parse/parse-lists.ts';
import { Parser, type ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import { withoutClusterNetworks } from './without-cluster-networks.ts';

const drained = { CIDR: '10.2.0.0/24', labelValue: 'a', drain: true };

function parsed(parts: Partial<Omit<ClusterSnapshot, 'formatVersion'>>): ParsedSnapshot {
  const egressIPAMs = [
    anEgressIPAM(['10.0.0.0/24=a', '10.1.0.0/24=a', drained]),
    anEgressIPAM(['fd00::/64=a'], { name: 'v6' }),
  ];
  return new Parser().parse(aSnapshot({ egressIPAMs, ...parts }));
}

const cidrsOf = ({ egressIPAMs }: ParsedSnapshot): readonly (readonly string[])[] =>
  egressIPAMs.map(({ assignments }) => assignments.map(({ cidr }) => cidr.text));
const saidOf = ({ egressIPAMs }: ParsedSnapshot): unknown =>
  egressIPAMs.flatMap(({ findings }) =>
    findings.map(({ code, field, message }) => [code, field, message.split(',')[0]]),
  );

describe('a CIDR that meets a network inside the cluster is left out, and that is said, where the network is told by', () => {
  it('the cluster', () => {
    const usable = withoutClusterNetworks(parsed({ clusterNetworks: ['10.0.0.0/8', 'nonsense'] }), []);
    expect(cidrsOf(usable)).toEqual([[], ['fd00::/64']]);
    expect(saidOf(usable)).toEqual(
      ['10.0.0.0/24', '10.1.0.0/24', '10.2.0.0/24'].map((text, position) => [
        ...['MeetsClusterNetwork', `spec.cidrAssignments[${position}].CIDR`, `${text} meets 10.0.0.0/8`],
      ]),
    );
  });

  it('a node, by its pods', () => {
    const usable = withoutClusterNetworks(parsed({ nodes: [aNode('n1', 'a', { podCIDRs: ['10.1.0.64/26'] })] }), []);
    expect(cidrsOf(usable)).toEqual([['10.0.0.0/24', '10.2.0.0/24'], ['fd00::/64']]);
    expect(usable.egressIPAMs[0]?.findings[0]?.message).toMatch(/meets 10\.1\.0\.64\/26, the pods of node n1, whose/);
    expect(usable.egressIPAMs[0]?.open.map(({ cidr }) => cidr.text)).toEqual(['10.0.0.0/24']);
  });

  it('the back end of the network alone', () => {
    const known = parseCidrs(['fd00::/16']).map((cidr) => ({ cidr, what: 'the network between the routers' }));
    const usable = withoutClusterNetworks(parsed({}), known);
    expect(cidrsOf(usable)[1]).toEqual([]);
    expect(usable.egressIPAMs[1]?.findings[0]?.message).toContain('the network between the routers');
  });
});

it('an EgressIPAM that meets none stays the very same object, so that what belongs to it need not be made anew', () => {
  const snapshot = parsed({ clusterNetworks: ['10.1.0.0/16', '172.30.0.0/16'] });
  const { egressIPAMs } = withoutClusterNetworks(snapshot, []);
  expect(egressIPAMs.map((egressIPAM, index) => egressIPAM === snapshot.egressIPAMs[index])).toEqual([false, true]);
});
