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
    ['at work in files once it has come to a node, though they have none of its objects', true, 'at-work'],
    ['not there where nobody serves its kind, whatever nodes say', false, undefined],
  ])("knows that the cluster's own controller is %s", (_what, isOfFiles, clusterAttaches) => {
    const attaches = (nodes: ClusterEvidence['nodes']): unknown =>
      recognise({ served: new Map(), isOfFiles, nodes }).clusterAttaches;
    expect(attaches([announcing])).toBe(clusterAttaches);
    expect(attaches([{ name: 'a', labels: {} }])).toBeUndefined();
  });
});
