import { expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';

const pool = (name: string, metadata: object): object => ({
  apiVersion: 'redhatcop.redhat.io/v1alpha1',
  kind: 'EgressIPAM',
  metadata: { name, ...metadata },
  spec: { topologyLabel: 'zone', cidrAssignments: [{ CIDR: '10.0.0.0/24', labelValue: 'z' }], nodeSelector: {} },
});

const items = [
  pool('going', { finalizers: ['EgressIPAM_controller'], deletionTimestamp: '2026-01-01T00:00:00Z' }),
  pool('pool', { finalizers: ['EgressIPAM_controller'] }),
  pool('without-finalizer', {}),
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'shop',
      annotations: {
        [`${prefix}/egressipam`]: 'pool',
        [`${prefix}/egressips`]: '10.0.0.5',
        [`${prefix}/allocated`]: 'pool/10.0.0.5',
      },
    },
  },
];

it('says of EgressIPAMs that they are deleted: the finalizer of one that goes already is all that is taken off', async () => {
  const { code, out } = await runCli(['uninstall', '--network', 'ovn', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  });
  expect(code).toBe(2);
  const steps = [...out.matchAll(/^\d+ +(.*?)(?: {2,}[\d,]+)? *$/gm)].map(([, what]) => what);
  expect(steps).toEqual([
    'clear the allocation of namespace shop',
    'take the finalizer off EgressIPAM going',
    'delete EgressIPAM pool',
    'delete EgressIPAM without-finalizer',
  ]);
});
