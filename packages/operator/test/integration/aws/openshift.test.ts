import type { NetworkCrd } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  credentialsRequests,
  egressIPAMs,
  infrastructures,
  machineSets,
  namespaces,
  secrets,
} from '../support/resources.ts';
import { freePort } from '../support/free-port.ts';
import { cidrs, withMoto, startAwsCluster, zones, type AwsCluster } from './aws-cluster.ts';

const poll = { timeout: 30_000, interval: 200 };
const secretName = 'egress-ipam-operator-cloud-credentials';
const crds: readonly NetworkCrd[] = ['infrastructures', 'credentialsrequests', 'machinesets'];
/** What must be seen nowhere. */
const confidential = ['first/confidential+key', 'second/confidential+key', 'a-confidential-token'];

describe('what OpenShift on AWS tells the operator', withMoto, () => {
  let cluster: AwsCluster;
  let metrics: string;

  beforeAll(async () => {
    cluster = await startAwsCluster({ workersPerZone: 1, instanceType: 'm5.large', crds });
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION', 'AWS_DEFAULT_REGION'])
      vi.stubEnv(name, undefined);
    await cluster
      .client(infrastructures)
      .create({ metadata: { name: 'cluster' }, spec: { platformSpec: { type: 'AWS' } } });
    const status = {
      infrastructureName: 'test',
      apiServerURL: 'https://api',
      apiServerInternalURI: 'https://api-int',
      controlPlaneTopology: 'HighlyAvailable',
      infrastructureTopology: 'HighlyAvailable',
      platform: 'AWS',
      platformStatus: { type: 'AWS', aws: { region: 'us-east-1' } },
    };
    await cluster.client(infrastructures).mergePatch({ name: 'cluster' }, { status }, { subresource: 'status' });
    for (const name of ['openshift-cloud-credential-operator', 'openshift-machine-api'])
      await cluster.client(namespaces).create({ metadata: { name } });
    const value = { subnet: { filters: [{ name: 'tag:Name', values: ['test-private-us-east-1d'] }] } };
    const machines = {
      selector: { matchLabels: { set: 'd' } },
      template: { metadata: { labels: { set: 'd' } }, spec: { providerSpec: { value } } },
    };
    await cluster
      .client(machineSets)
      .create({ metadata: { namespace: 'openshift-machine-api', name: 'd' }, spec: { replicas: 0, ...machines } });
    await cluster.addPool(
      'pool',
      cidrs.map((CIDR, index) => ({ CIDR, labelValue: zones[index] })),
    );
    await cluster.addNamespace('shop');
    const port = await freePort();
    metrics = `http://127.0.0.1:${port}/metrics`;
    cluster.run({ cloud: { endpoint: cluster.ec2.url }, metricsBindAddress: `127.0.0.1:${port}` });
  }, 120_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await cluster.stop();
  }, 60_000);

  const setSecret = async (stringData: Readonly<Record<string, string>>): Promise<void> => {
    await cluster
      .client(secrets)
      .delete({ namespace: 'default', name: secretName })
      .catch(() => undefined);
    await cluster.client(secrets).create({ metadata: { namespace: 'default', name: secretName }, stringData });
  };
  const expectServed = (name: string): Promise<void> =>
    expect.poll(async () => (await cluster.boundTo(name)).length, poll).toBe(3);
  const lastSigner = (): string | undefined =>
    cluster.ec2.calls.findLast(({ action }) => action === 'AssignPrivateIpAddresses')?.accessKeyId;

  it('asks for credentials, and waits, with the reason, while there are none', async () => {
    await expect
      .poll(
        async () => (await cluster.client(credentialsRequests).list()).items.map(({ metadata }) => metadata.name),
        poll,
      )
      .toEqual(['egress-ipam-operator']);
    const [request] = (await cluster.client(credentialsRequests).list()).items;
    expect(request?.['spec']).toMatchObject({
      secretRef: { name: secretName, namespace: 'default' },
      providerSpec: {
        kind: 'AWSProviderSpec',
        statementEntries: [{ effect: 'Allow', action: expect.any(Array), resource: '*' }],
      },
    });
    // What the original asks for: a request that it left serves as well as a new one.
    const [{ action }] = (request?.['spec'] as { providerSpec: { statementEntries: [{ action: readonly string[] }] } })
      .providerSpec.statementEntries;
    expect([...action].sort()).toEqual(
      [
        'AssignPrivateIpAddresses',
        'DescribeInstanceTypes',
        'DescribeInstances',
        'DescribeNetworkInterfaces',
        'DescribeSubnets',
        'UnassignPrivateIpAddresses',
      ].map((name) => `ec2:${name}`),
    );
    await expect
      .poll(() => cluster.events('WaitingForProvider'), poll)
      .toEqual([expect.stringMatching(/^shop: .*credentials/)]);
    expect(await cluster.annotation('shop')).toBeUndefined();
  }, 60_000);

  it('goes on with the keys of the secret, in the region of the infrastructure', async () => {
    await setSecret({ aws_access_key_id: 'AKIAFIRST', aws_secret_access_key: confidential[0] ?? '' });
    await expectServed('shop');
    expect(lastSigner()).toBe('AKIAFIRST');
    expect(new Set(cluster.ec2.calls.map(({ region }) => region))).toEqual(new Set(['us-east-1']));
  }, 60_000);

  it('takes new keys when the secret changes', async () => {
    await setSecret({ aws_access_key_id: 'AKIASECOND', aws_secret_access_key: confidential[1] ?? '' });
    await cluster.addNamespace('rotated');
    await expectServed('rotated');
    expect(lastSigner()).toBe('AKIASECOND');
  }, 60_000);

  it("takes a role from STS when the secret's file names one", async () => {
    const token = join(await mkdtemp(join(tmpdir(), 'token-')), 'token');
    await writeFile(token, confidential[2] ?? '');
    vi.stubEnv('AWS_ENDPOINT_URL_STS', cluster.ec2.motoUrl);
    await setSecret({
      credentials: `[default]\nsts_regional_endpoints = regional\nrole_arn = arn:aws:iam::123456789012:role/egress\nweb_identity_token_file = ${token}\n`,
    });
    await cluster.addNamespace('by-role');
    await expectServed('by-role');
    expect(lastSigner()).toMatch(/^ASIA/);
  }, 60_000);

  it('looks for the subnets that MachineSets name', () => {
    const asked = cluster.ec2.calls
      .filter(({ action }) => action === 'DescribeSubnets')
      .map(({ parameters }) => Object.values(parameters));
    expect(asked).toContainEqual(expect.arrayContaining(['tag:Name', 'test-private-us-east-1d']));
  });

  it('tells capacity, what is allocated and calls to EC2 in metrics', async () => {
    const node = cluster.workers[0]?.name ?? '';
    const lines = (await (await fetch(metrics)).text()).split('\n');
    expect(lines).toContain(`egressip_ip_capacity{egressipam="pool",node="${node}"} 10`);
    expect(lines).toContain(`egressip_ip_allocated{egressipam="pool",node="${node}"} 4`);
    const counted = lines.find((line) =>
      line.startsWith('egressip_cloud_calls_total{operation="AssignPrivateIpAddresses",error=""}'),
    );
    expect(Number(counted?.split(' ').at(-1))).toBe(
      cluster.ec2.calls.filter(({ action }) => action === 'AssignPrivateIpAddresses').length,
    );
  });

  it('shows no secret anywhere', async () => {
    const events = await cluster
      .client({ group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true })
      .list();
    const seen = JSON.stringify([
      cluster.logged,
      events.items,
      (await cluster.client(egressIPAMs).list()).items,
      (await cluster.client(namespaces).list()).items,
      await (await fetch(metrics)).text(),
    ]);
    for (const text of confidential) expect(seen).not.toContain(text);
  });
});
