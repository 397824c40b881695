import type { ClusterEvidence } from '@egressip-ipam/core';
import { expect, it } from 'vitest';
import { recognise } from './recognise.ts';

const evidence = (isUsed: boolean, config?: string): ClusterEvidence => ({
  served: new Map([['egresses.crd.antrea.io', { isUsed }]]),
  nodes: [],
  ...(config === undefined
    ? {}
    : { configMaps: new Map([['kube-system/antrea-config', { 'antrea-agent.conf': config }]]) }),
});

it('Antrea is told by its kinds, its objects, and for certain by its configuration', () => {
  expect(recognise({ served: new Map(), nodes: [] })).toEqual({ certainty: 'absent' });
  expect(recognise(evidence(false)).certainty).toBe('served');
  expect(recognise(evidence(true)).certainty).toBe('used');
  expect(recognise(evidence(false, 'featureGates:\n# Egress: false\n')).certainty).toBe('at-work');
});

it('with its Egress feature off nothing is given out, and the way out is named', () => {
  expect(recognise(evidence(false, 'featureGates:\n  Egress: false\n'))).toMatchObject({
    certainty: 'served',
    settings: { obstacle: expect.stringContaining('featureGates.Egress=true') },
  });
});
