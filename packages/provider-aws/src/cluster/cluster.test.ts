import type { ClusterObjects } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { credentialsRequest, readSecret, secretRead } from './credentials-secret.ts';
import { locationOf } from './location.ts';
import { machineSetsRead, subnetReferences } from './machine-sets.ts';

const cluster =
  (objects: Readonly<Record<string, readonly unknown[]>>): ClusterObjects =>
  (kind) =>
    objects[kind] ?? [];

describe('what the cluster tells', () => {
  const aws = {
    region: 'us-gov-west-1',
    serviceEndpoints: [
      { name: 's3', url: 'https://s3.example' },
      { name: 'ec2', url: 'https://ec2.example' },
    ],
  };
  const objects = cluster({ Infrastructure: [{ status: { platformStatus: { type: 'AWS', aws } } }] });

  it('is its region, and the endpoint that it has for EC2', () => {
    expect(locationOf({ objects })).toEqual({ region: 'us-gov-west-1', endpoint: 'https://ec2.example' });
  });

  it('gives way to what a person named', () => {
    expect(locationOf({ objects, region: 'north-1', endpoint: 'http://localhost:1' })).toEqual({
      region: 'north-1',
      endpoint: 'http://localhost:1',
    });
    expect(locationOf({ objects, region: 'north-1' })).toEqual({ region: 'north-1', endpoint: 'https://ec2.example' });
  });

  it('may be nothing, or nonsense', () => {
    expect(locationOf({})).toEqual({});
    expect(
      locationOf({
        objects: cluster({
          Infrastructure: [{ status: { platformStatus: { aws: { region: 5, serviceEndpoints: 'none' } } } }],
        }),
      }),
    ).toEqual({});
    expect(subnetReferences(cluster({ MachineSet: [null, 5, { spec: { template: [] } }] }))).toEqual([]);
    expect(readSecret(cluster({}))).toBeUndefined();
  });

  it('is where new machines go', () => {
    const machineSet = (subnet: unknown): unknown => ({
      spec: { template: { spec: { providerSpec: { value: { subnet } } } } },
    });
    const filters = [{ name: 'tag:Name', values: ['private', 5] }, { name: 5 }];
    expect(
      subnetReferences(
        cluster({ MachineSet: [machineSet({ id: 'subnet-1' }), machineSet({ filters }), machineSet({})] }),
      ),
    ).toEqual([{ id: 'subnet-1' }, { filters: [{ name: 'tag:Name', values: ['private'] }] }]);
  });

  it('is a secret, decoded', () => {
    const data = { aws_access_key_id: Buffer.from('key').toString('base64'), odd: 5 };
    expect(readSecret(cluster({ Secret: [{ data }] }))).toEqual({ aws_access_key_id: 'key' });
  });
});

it('what OpenShift is asked for names the secret that is read', () => {
  const { object } = credentialsRequest('egress');
  expect(object).toMatchObject({
    spec: { secretRef: { namespace: 'egress', name: 'egress-ipam-operator-cloud-credentials' } },
  });
});

it('is all that is kept of MachineSets and of the secret, which may have a megabyte of other things', () => {
  const subnet = { id: 'subnet-1', filters: [{ name: 'tag:Name', values: ['a'] }] };
  const long = { metadata: { annotations: { note: 'x'.repeat(1_000) } }, status: { note: 'x'.repeat(1_000) } };
  const providerSpec = { value: { subnet, userData: 'x'.repeat(1_000) } };
  const kept = machineSetsRead.keep?.({ ...long, spec: { template: { spec: { providerSpec } } } });
  expect(subnetReferences(cluster({ MachineSet: [kept] }))).toEqual([subnet]);
  const secret = secretRead.keep?.({ ...long, data: { aws_access_key_id: 'aWQ=' } });
  expect(readSecret(cluster({ Secret: [secret] }))).toEqual({ aws_access_key_id: 'id' });
  expect(JSON.stringify([kept, secret]).length).toBeLessThan(250);
  expect([machineSetsRead.keep?.(null), secretRead.keep?.({})]).toEqual([
    { spec: { template: { spec: { providerSpec: { value: {} } } } } },
    { data: {} },
  ]);
});
