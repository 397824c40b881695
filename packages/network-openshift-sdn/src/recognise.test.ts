import { egressIPConfigAnnotation, type ClusterEvidence } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { recognise } from './recognise.ts';

const hostSubnets = (isUsed: boolean): ClusterEvidence['served'] =>
  new Map([['hostsubnets.network.openshift.io', { isUsed }]]);
const announcing = {
  name: 'a',
  labels: {},
  annotations: { [egressIPConfigAnnotation]: '[{"interface":"eni-1","ifaddr":{"ipv4":"10.0.0.0/24"}}]' },
};

describe('OpenShift SDN', () => {
  it.each([
    ['absent', {}],
    ['served', { served: hostSubnets(false) }],
    ['used', { served: hostSubnets(true), announced: 'OVNKubernetes' }],
    ['announced', { served: hostSubnets(false), announced: 'OpenShiftSDN' }],
  ])('is %s by %j', (certainty, parts) => {
    expect(recognise({ served: new Map(), nodes: [], ...parts }).certainty).toBe(certainty);
  });

  it.each([
    ['at work once it has come to a node, though files have none of its objects', [announcing], 'at-work'],
    ['not there where nodes are bare', [{ name: 'a', labels: {} }], undefined],
  ])("knows that the cluster's own controller is %s", (_what, nodes, clusterAttaches) => {
    expect(recognise({ served: new Map(), nodes }).clusterAttaches).toBe(clusterAttaches);
  });
});
