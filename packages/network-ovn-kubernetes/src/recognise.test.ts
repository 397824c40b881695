import type { ClusterEvidence } from '@egressip-ipam/core';
import { aNode } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { recognise } from './recognise.ts';

const evidence = (parts: Partial<ClusterEvidence>): ClusterEvidence => ({ served: new Map(), nodes: [], ...parts });
const egressIPs = (isUsed: boolean, ...fields: readonly string[]): ClusterEvidence['served'] =>
  new Map([['egressips.k8s.ovn.org', { isUsed, specFields: new Set(fields) }]]);
const annotated = [aNode('n1', 'a', { annotations: { 'k8s.ovn.org/host-cidrs': '[]' } })];

describe('OVN-Kubernetes', () => {
  it.each([
    ['absent', {}],
    ['absent', { announced: 'OpenShiftSDN' }],
    ['served', { served: egressIPs(false) }],
    ['used', { served: egressIPs(true) }],
    ['at-work', { nodes: annotated }],
    ['announced', { announced: 'OVNKubernetes', served: egressIPs(false), nodes: annotated }],
  ])('is %s by %j', (certainty, parts) => {
    expect(recognise(evidence(parts)).certainty).toBe(certainty);
  });

  it('tells whether EgressIPs can say which nodes they may use', () => {
    const settings = (...fields: readonly string[]): unknown =>
      recognise(evidence({ served: egressIPs(true, ...fields) })).settings;
    expect(settings('egressIPs')).toEqual({ egressNodeSelector: false });
    expect(settings('egressIPs', 'egressNodeSelector')).toEqual({ egressNodeSelector: true });
  });
});
