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

it('its networks of pods and Services are those of its configuration, not of what is commented out', () => {
  const config = [
    'nodeIPAM:',
    '  clusterCIDRs: [10.10.0.0/16, "fd10::/48"]',
    '  serviceCIDR: 10.96.0.0/12',
    '#  serviceCIDRv6: fd96::/108',
    '  clusterCIDRs:',
    '  - 10.11.0.0/16',
    '  nodeCIDRMaskSizeIPv4: 24',
  ].join('\n');
  expect(recognise(evidence(true, config)).settings).toMatchObject({
    clusterNetworks: '10.10.0.0/16 fd10::/48 10.96.0.0/12 10.11.0.0/16',
  });
  // Files seldom have definitions; who names the network there is told of no fewer.
  expect(recognise({ ...evidence(true, config), served: new Map() })).toMatchObject({
    certainty: 'absent',
    settings: { clusterNetworks: expect.stringContaining('10.10.0.0/16') },
  });
});

it.each([
  ['lines with nothing in them', '\n'.repeat(1_000_000)],
  ['blanks', ' '.repeat(1_000_000)],
  ['what could be an address and goes on', `serviceCIDR: ${'a'.repeat(1_000_000)}`],
  ['a list without end', `clusterCIDRs:${'\n-'.repeat(500_000)}`],
])(
  'its configuration is looked through once, also where it is %s',
  (_what, config) => {
    expect(recognise(evidence(true, config)).settings).toEqual({ obstacle: '', clusterNetworks: '' });
  },
  20_000,
);
