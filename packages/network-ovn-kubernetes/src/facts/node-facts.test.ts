import { describe, expect, it } from 'vitest';
import { announced, anOvnNode, findingsOf, onCloud, onOvn } from '../testing/builders.ts';
import { reportSilentNodes, reportUnannounced } from './node-facts.ts';
import { parseNode } from './parse-node.ts';

const telling = anOvnNode('n1', 'a', { 'k8s.ovn.org/host-cidrs': '["10.0.0.2/24"]' });
const silent = anOvnNode('n2', 'a', {});
const reported = (...nodes: readonly (typeof telling)[]): readonly string[] =>
  reportSilentNodes(nodes.map(parseNode)).map(({ code, object }) => `${code} ${object.name}`);

describe('a node without host-cidrs', () => {
  it('is told where others have them: OVN-Kubernetes assigns nothing anew in the whole cluster', () => {
    expect(reported(telling, silent)).toEqual(['NodeWithoutHostCIDRs n2']);
    const garbled = anOvnNode('n2', 'a', { 'k8s.ovn.org/host-cidrs': '{' });
    expect(reported(telling, garbled)).toEqual(['NodeWithoutHostCIDRs n2']);
  });

  it('is none where a release writes them nowhere', () => {
    expect(reported(silent)).toEqual([]);
  });

  it('is none of the hybrid overlay, which the cluster manager passes over', () => {
    const windows = { ...silent, labels: { ...silent.labels, 'kubernetes.io/os': 'windows' } };
    const hybrid = anOvnNode('n3', 'a', { 'k8s.ovn.org/hybrid-overlay-node-subnet': '10.132.0.0/23' });
    expect(reported(telling, windows, hybrid)).toEqual([]);
  });
});

describe('a node of a cloud without egress-ipconfig', () => {
  const told = anOvnNode('n1', 'a', announced({ ipv4: '10.0.0.0/27' }));
  const garbled = anOvnNode('n3', 'a', { 'cloud.network.openshift.io/egress-ipconfig': '[]' });

  it('is told, as nothing can be given to it', () => {
    const snapshot = onOvn({ provider: onCloud, nodes: [told, silent, garbled] });
    expect(findingsOf(snapshot, 'NodeWithoutEgressIPConfig').map(({ object }) => object.name)).toEqual(['n2', 'n3']);
  });

  it('is none where there is no such cloud, or where this project attaches', () => {
    for (const platform of [
      { isCloud: false, attaches: false },
      { isCloud: true, attaches: true },
    ])
      expect(reportUnannounced([parseNode(silent)], platform)).toEqual([]);
  });
});
