import { ResourceClient, type KubernetesObject, type RestClient } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCrd } from '../../../src/trial/open-crd.ts';
import {
  cloudPrivateIPConfigs,
  egressIPAMs,
  egressIPs,
  serviceCIDRs as versionsOfServiceCIDRs,
} from '../support/resources.ts';
import { freePort } from '../support/free-port.ts';
import { bothServers } from '../support/start-server.ts';
import { prefix, startOvnCluster, type OvnCluster } from './ovn-cluster.ts';

const poll = { timeout: 30_000, interval: 50 };

describe.each(bothServers)('what changes on OVN-Kubernetes, on %s', (server) => {
  let cluster: OvnCluster;
  let metrics = '';

  beforeAll(async () => {
    cluster = await startOvnCluster(server, {
      prepare: async (rest) => {
        await letEgressIPsChooseNodes(rest);
        if (server === 'the sandbox') await serveServiceCIDRs(rest);
      },
    });
    for (const number of [1, 2, 3]) await cluster.addNode(`n${number}`, 'a', [`10.0.0.${number}/24`]);
    const port = await freePort();
    metrics = `http://127.0.0.1:${port}/metrics`;
    cluster.run({ metricsBindAddress: `127.0.0.1:${port}` });
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  const condition = async (pool: string, type: string): Promise<Readonly<Record<string, unknown>> | undefined> => {
    const { conditions } = (await cluster.client(egressIPAMs).get({ name: pool }))['status'] as {
      readonly conditions: readonly Readonly<Record<string, unknown>>[];
    };
    return conditions.find((entry) => entry['type'] === type);
  };
  const series = async (name: string): Promise<readonly string[]> =>
    (await (await fetch(metrics)).text()).split('\n').filter((line) => line.startsWith(name));

  it('changes an EgressIP one address at a time, so that the namespace is never without', async () => {
    await cluster.addPool(
      'three',
      ['10.0.0.64/28', '10.0.0.80/28', '10.0.0.96/28'].map((CIDR) => ({ CIDR, labelValue: 'a' })),
    );
    await cluster.addNamespace('shop', { egressipam: 'three' });
    await expect.poll(() => cluster.assigned('egressip-shop'), poll).toHaveLength(3);
    const specs: (readonly string[])[] = [];
    const assigned: number[] = [];
    const watching = setInterval(() => {
      void cluster
        .spec('egressip-shop')
        .then((spec) => void specs.push((spec?.['egressIPs'] ?? []) as readonly string[]));
      void cluster.assigned('egressip-shop').then((entries) => void assigned.push(entries.length));
    }, 5);
    await cluster.annotate('shop', { egressips: '10.0.0.70,10.0.0.86,10.0.0.102' });
    await expect
      .poll(async () => (await cluster.assigned('egressip-shop')).map((entry) => entry.split('@')[0]).sort(), poll)
      .toEqual(['10.0.0.102', '10.0.0.70', '10.0.0.86']);
    clearInterval(watching);
    const states = specs.filter((spec, index) => spec.join() !== specs[index - 1]?.join());
    for (const [index, spec] of states.entries()) {
      const before = states[index - 1];
      if (before !== undefined)
        expect(spec.filter((address) => !before.includes(address)).length, states.join(' then ')).toBeLessThanOrEqual(
          1,
        );
    }
    expect(Math.min(...assigned)).toBeGreaterThanOrEqual(2);
  }, 60_000);

  it('says which nodes are wanted, where EgressIPs can', async () => {
    expect((await cluster.spec('egressip-shop'))?.['egressNodeSelector']).toEqual({
      // By labels that stay until other nodes can take what a node carries.
      matchLabels: { [`${prefix}/egressipam`]: 'three' },
      matchExpressions: [{ key: 'k8s.ovn.org/egress-assignable', operator: 'Exists' }],
    });
  });

  it('gives a released address to nobody else while it cools down, and back to its namespace', async () => {
    await cluster.client(egressIPAMs).delete({ name: 'three' });
    await expect.poll(async () => (await cluster.client(egressIPAMs).list()).items.length, poll).toBe(0);
    await cluster.addPool('cool', [{ CIDR: '10.0.0.64/28', labelValue: 'a' }], { coolDown: '1h' });
    await cluster.addNamespace('comes-back', { egressipam: 'cool' });
    await expect.poll(() => cluster.annotation('comes-back'), poll).toBe('10.0.0.65');
    await cluster.removeNamespace('comes-back');
    await expect.poll(() => cluster.spec('egressip-comes-back'), poll).toBeUndefined();
    await cluster.addNamespace('another', { egressipam: 'cool' });
    await expect.poll(() => cluster.annotation('another'), poll).toBe('10.0.0.66');
    await cluster.addNamespace('comes-back', { egressipam: 'cool' });
    await expect.poll(() => cluster.annotation('comes-back'), poll).toBe('10.0.0.65');
  }, 60_000);

  it('tells in status and metrics who is assigned and who is not', async () => {
    await expect.poll(() => cluster.assigned('egressip-another'), poll).toHaveLength(1);
    await expect
      .poll(() => series('egressip_claims{egressipam="cool",state="carried"}'), poll)
      .toEqual(['egressip_claims{egressipam="cool",state="carried"} 2']);
    for (const number of [1, 2, 3]) await cluster.setReady(`n${number}`, false);
    await expect
      .poll(() => series('egressip_claims{egressipam="cool",state="not_carried"}'), poll)
      .toEqual(['egressip_claims{egressipam="cool",state="not_carried"} 2']);
    await expect
      .poll(() => condition('cool', 'Assigned'), poll)
      .toMatchObject({
        status: 'False',
        reason: 'Unassigned',
        message: expect.stringContaining('another, comes-back'),
      });
    for (const number of [1, 2, 3]) await cluster.setReady(`n${number}`, true);
    await expect.poll(() => cluster.assigned('egressip-another'), poll).toHaveLength(1);
    await expect
      .poll(() => condition('cool', 'Assigned'), poll)
      .toMatchObject({ status: 'True', reason: 'AllAssigned' });
  }, 60_000);

  it('gives nothing that a CloudPrivateIPConfig holds, one that is going away included, nor one of IPv6', async () => {
    const held = { spec: { node: 'n1' } };
    await cluster.client(cloudPrivateIPConfigs).create({ metadata: { name: '10.0.0.113' }, ...held });
    await cluster
      .client(cloudPrivateIPConfigs)
      .create({ metadata: { name: '10.0.0.114', finalizers: ['test/held'] }, ...held });
    await cluster.client(cloudPrivateIPConfigs).delete({ name: '10.0.0.114' });
    await cluster
      .client(cloudPrivateIPConfigs)
      .create({ metadata: { name: 'fd00.0000.0000.0000.0000.0000.0000.0011' }, ...held });
    await cluster.addNode('d1', 'd', ['10.0.0.4/24', 'fd00::1/64']);
    await cluster.addNode('d2', 'd', ['10.0.0.5/24', 'fd00::2/64']);
    await cluster.addPool('held', [
      { CIDR: '10.0.0.112/28', labelValue: 'd' },
      { CIDR: 'fd00::10/124', labelValue: 'd' },
    ]);
    await cluster.addNamespace('careful', { egressipam: 'held' });
    await expect.poll(() => cluster.annotation('careful'), poll).toBe('10.0.0.115,fd00::12');
    await cluster.client(cloudPrivateIPConfigs).mergePatch({ name: '10.0.0.114' }, { metadata: { finalizers: [] } });
    await cluster.addNamespace('next', { egressipam: 'held' });
    await expect.poll(() => cluster.annotation('next'), poll).toBe('10.0.0.114,fd00::13');
  }, 60_000);

  it('gives nothing of a pool that meets Services from now on, and goes on once it does not', async () => {
    const [serviceCIDRs] = versionsOfServiceCIDRs;
    await cluster.addNode('s1', 's', ['10.0.1.1/24']);
    await cluster.addPool('services', [{ CIDR: '10.0.1.64/28', labelValue: 's' }]);
    await cluster.addNamespace('early', { egressipam: 'services' });
    await expect.poll(() => cluster.annotation('early'), poll).toBe('10.0.1.65');
    await expect.poll(() => cluster.assigned('egressip-early'), poll).toHaveLength(1);
    await cluster.client(serviceCIDRs).create({ metadata: { name: 'more' }, spec: { cidrs: ['10.0.1.64/26'] } });
    await expect
      .poll(() => condition('services', 'Degraded'), poll)
      .toMatchObject({ status: 'True', reason: 'MeetsClusterNetwork' });
    await cluster.addNamespace('late', { egressipam: 'services' });
    await expect
      .poll(() => condition('services', 'Ready'), poll)
      .toMatchObject({ status: 'False', message: expect.stringContaining('late') });
    expect(await cluster.annotation('early')).toBe('10.0.1.65');
    await cluster.client(serviceCIDRs).delete({ name: 'more' });
    await expect.poll(() => cluster.annotation('late'), poll).toBe('10.0.1.66');
    for (const name of ['early', 'late']) await cluster.removeNamespace(name);
    await cluster.client(egressIPAMs).delete({ name: 'services' });
    await expect.poll(() => cluster.spec('egressip-late'), poll).toBeUndefined();
  }, 60_000);

  it('needs no Events: when they have expired, nothing is written', async () => {
    const client = cluster.client({ group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const before = (await cluster.writes()).filter(({ resource }) => resource !== 'events').length;
    for (const { metadata } of (await client.list()).items)
      await client.delete({ namespace: metadata.namespace ?? 'default', name: metadata.name });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect((await cluster.writes()).filter(({ resource }) => resource !== 'events').length).toBe(before);
    expect((await cluster.client(egressIPs).list()).items.map(({ metadata }) => metadata.name).sort()).toEqual([
      'egressip-another',
      'egressip-careful',
      'egressip-comes-back',
      'egressip-next',
    ]);
  }, 60_000);
});

interface Crd extends KubernetesObject {
  readonly spec: {
    readonly versions: readonly {
      readonly schema: {
        readonly openAPIV3Schema: {
          readonly properties: { readonly spec: { readonly properties: Record<string, unknown> } };
        };
      };
    }[];
  };
}

/** A release to come, in which EgressIPs choose their nodes (OKEP-6800). */
async function letEgressIPsChooseNodes(rest: RestClient): Promise<void> {
  const crds = new ResourceClient(rest, {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    namespaced: false,
  });
  const crd = (await crds.get({ name: 'egressips.k8s.ovn.org' })) as Crd;
  const properties = crd.spec.versions[0]?.schema.openAPIV3Schema.properties.spec.properties ?? {};
  properties['egressNodeSelector'] = structuredClone(properties['namespaceSelector']);
  await crds.replace(crd);
  // A server may need a moment to serve the new schema.
  while (!(await isServed(rest))) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Served by every Kubernetes from 1.33 on. */
async function serveServiceCIDRs(rest: RestClient): Promise<void> {
  const [serviceCIDRs] = versionsOfServiceCIDRs;
  await rest.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    body: openCrd(serviceCIDRs),
  });
}

async function isServed(rest: RestClient): Promise<boolean> {
  const client = new ResourceClient(rest, egressIPs);
  const probe = {
    metadata: { name: 'probe' },
    spec: { egressIPs: [], namespaceSelector: {}, egressNodeSelector: { matchLabels: { a: 'b' } } },
  };
  const { spec } = (await client.create(probe)) as KubernetesObject & { spec: object };
  await client.delete({ name: 'probe' });
  return 'egressNodeSelector' in spec;
}
