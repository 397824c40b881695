import type { ClusterEvidence } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { recognise } from './recognise.ts';

const hostSubnets = (isUsed: boolean): ClusterEvidence['served'] =>
  new Map([['hostsubnets.network.openshift.io', { isUsed }]]);

describe('OpenShift SDN', () => {
  it.each([
    ['absent', {}],
    ['served', { served: hostSubnets(false) }],
    ['used', { served: hostSubnets(true), announced: 'OVNKubernetes' }],
    ['announced', { served: hostSubnets(false), announced: 'OpenShiftSDN' }],
  ])('is %s by %j', (certainty, parts) => {
    expect(recognise({ served: new Map(), nodes: [], ...parts }).certainty).toBe(certainty);
  });
});
