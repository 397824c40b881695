import { ResourceClient, type KubernetesObject, type RestClient } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egressFirewalls, egressIPs } from '../support/resources.ts';
import { startOvnCluster, type OvnCluster } from './ovn-cluster.ts';
import { bothServers } from '../support/start-server.ts';

const poll = { timeout: 30_000, interval: 50 };

// No server at all where the networks' CRDs are not there: then nothing is run.
describe.each(bothServers)('--guard-unassigned, on %s', (server) => {
  let cluster: OvnCluster;

  beforeAll(async () => {
    cluster = await startOvnCluster(server);
    for (const number of [1, 2]) await cluster.addNode(`n${number}`, 'a', [`10.0.0.${number}/24`]);
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/26', labelValue: 'a' }]);
    cluster.run({ guardUnassigned: true });
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  const guarded = async (): Promise<readonly string[]> =>
    (await cluster.client(egressFirewalls).list()).items.map(({ metadata }) => metadata.namespace ?? '').sort();

  it('keeps a namespace from going out while no node carries its addresses, and not longer', async () => {
    await cluster.addNamespace('bystander', {});
    await cluster.addNamespace('own-firewall');
    await cluster.client(egressFirewalls).create({
      metadata: { namespace: 'own-firewall', name: 'default' },
      spec: { egress: [{ type: 'Allow', to: { cidrSelector: '1.2.3.0/24' } }] },
    });
    await cluster.addNamespace('shop');
    await expect.poll(() => cluster.assigned('egressip-shop'), poll).toHaveLength(1);
    await expect.poll(guarded, poll).toEqual(['own-firewall']);
    for (const node of ['n1', 'n2']) await cluster.setReady(node, false);
    await expect.poll(guarded, poll).toEqual(['own-firewall', 'shop']);
    expect((await cluster.client(egressFirewalls).get({ namespace: 'shop', name: 'default' }))['spec']).toEqual({
      egress: [
        { type: 'Allow', to: { nodeSelector: {} } },
        { type: 'Deny', to: { cidrSelector: '0.0.0.0/0' } },
        { type: 'Deny', to: { cidrSelector: '::/0' } },
      ],
    });
    for (const node of ['n1', 'n2']) await cluster.setReady(node, true);
    await expect.poll(guarded, poll).toEqual(['own-firewall']);
    expect((await cluster.client(egressFirewalls).get({ namespace: 'own-firewall', name: 'default' }))['spec']).toEqual(
      { egress: [{ type: 'Allow', to: { cidrSelector: '1.2.3.0/24' } }] },
    );
  }, 60_000);

  it("denies nothing where an EgressIP of somebody else selects the namespace, too: no node's address is left by", async () => {
    await cluster.addNamespace('shared', { egressipam: 'pool' });
    await expect.poll(() => cluster.assigned('egressip-shared'), poll).toHaveLength(1);
    await expect.poll(guarded, poll).not.toContain('shared');
    const begun = Date.now();
    await cluster
      .client(egressIPs)
      .create({ metadata: { name: 'everyone' }, spec: { egressIPs: ['10.0.0.200'], namespaceSelector: {} } });
    await expect.poll(() => cluster.events('OverlappingEgressIP'), poll).not.toEqual([]);
    await cluster.client(egressIPs).delete({ name: 'everyone' });
    const denials = (await cluster.writes()).filter(
      ({ resource, verb, at }) => resource === 'egressfirewalls' && verb === 'create' && at >= begun,
    );
    expect(denials).toEqual([]);
  }, 60_000);

  it('denies nothing while a namespace exchanges its only address, which carries until the other does', async () => {
    await cluster.addNamespace('switching');
    await expect.poll(() => cluster.assigned('egressip-switching'), poll).toHaveLength(1);
    await expect.poll(guarded, poll).not.toContain('switching');
    const begun = Date.now();
    for (const address of ['10.0.0.100', '10.0.0.101', '10.0.0.102']) {
      await cluster.annotate('switching', { egressips: address });
      const alone = expect.stringMatching(`^${address}@`) as unknown;
      await expect.poll(() => cluster.assigned('egressip-switching'), poll).toEqual([alone]);
    }
    const denials = (await cluster.writes()).filter(
      ({ resource, verb, at }) => resource === 'egressfirewalls' && verb === 'create' && at >= begun,
    );
    expect(denials).toEqual([]);
  }, 60_000);

  it('keeps in the one family of a dual stack that no node carries, and not the other', async () => {
    for (const number of [1, 2])
      await cluster.addNode(`d${number}`, 'd', [`10.0.7.${number}/24`, `fd00:7::${number}/64`]);
    await cluster.addPool('dual', [
      { CIDR: '10.0.7.64/26', labelValue: 'd' },
      { CIDR: 'fd00:7::/64', labelValue: 'd' },
    ]);
    await cluster.addNamespace('dual-stack', { egressipam: 'dual' });
    await expect.poll(() => cluster.assigned('egressip-dual-stack'), poll).toHaveLength(2);
    const firewalls = async (): Promise<readonly KubernetesObject[]> =>
      (await cluster.client(egressFirewalls).list()).items.filter(
        ({ metadata }) => metadata.namespace === 'dual-stack',
      );
    const denied = async (): Promise<unknown> => (await firewalls()).map((object) => object['spec']);
    await expect.poll(denied, poll).toEqual([]);
    const ofIPv6 = (await cluster.assigned('egressip-dual-stack')).find((entry) => entry.startsWith('fd00'));
    await cluster.setReady(ofIPv6?.split('@')[1] ?? '', false);
    const allBut = (...cidrs: readonly string[]): unknown => ({
      egress: [
        { type: 'Allow', to: { nodeSelector: {} } },
        ...cidrs.map((cidrSelector) => ({ type: 'Deny', to: { cidrSelector } })),
      ],
    });
    await expect.poll(denied, poll).toEqual([allBut('::/0')]);
    const [first] = await firewalls();
    for (const node of ['d1', 'd2']) await cluster.setReady(node, false);
    await expect.poll(denied, poll).toEqual([allBut('0.0.0.0/0', '::/0')]);
    // One that were deleted and made anew would let everything out for a moment.
    expect((await firewalls()).map(({ metadata }) => metadata.uid)).toEqual([first?.metadata.uid]);
    for (const node of ['d1', 'd2']) await cluster.setReady(node, true);
    await expect.poll(denied, poll).toEqual([]);
  }, 60_000);

  it('guards who waits for an address, until it opts out, and nobody whom an EgressIP made by hand serves', async () => {
    await cluster.client(egressIPs).create({
      metadata: { name: 'egressip-by-hand' },
      spec: {
        egressIPs: ['10.0.0.200'],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'by-hand' } },
      },
    });
    await cluster.addNamespace('by-hand');
    await expect.poll(() => cluster.events('EgressIPConflict'), poll).toHaveLength(1);
    await cluster.addNamespace('refused', { egressipam: 'pool', egressips: '10.9.9.9' });
    await expect.poll(guarded, poll).toEqual(['own-firewall', 'refused']);
    await cluster.annotate('refused', { egressipam: null });
    await expect.poll(guarded, poll).toEqual(['own-firewall']);
  }, 60_000);
});

describe.each(bothServers)(
  '--guard-unassigned on a release whose EgressFirewalls know no nodeSelector, on %s',
  (server) => {
    let cluster: OvnCluster;

    beforeAll(async () => {
      cluster = await startOvnCluster(server, { prepare: forgetNodeSelector });
      cluster.run({ guardUnassigned: true });
    }, 120_000);
    afterAll(() => cluster.stop(), 60_000);

    it('denies traffic to nodes, too', async () => {
      await cluster.addPool('pool', [{ CIDR: '10.0.0.64/26', labelValue: 'a' }]);
      await cluster.addNamespace('shop');
      const spec = async (): Promise<unknown> =>
        (await cluster.client(egressFirewalls).list()).items.find(({ metadata }) => metadata.namespace === 'shop')?.[
          'spec'
        ];
      await expect.poll(spec, poll).toEqual({
        egress: [
          { type: 'Deny', to: { cidrSelector: '0.0.0.0/0' } },
          { type: 'Deny', to: { cidrSelector: '::/0' } },
        ],
      });
    }, 60_000);
  },
);

describe.each(bothServers)('--guard-unassigned where EgressFirewalls are not served, on %s', (server) => {
  let cluster: OvnCluster;

  beforeAll(async () => {
    cluster = await startOvnCluster(server, {
      prepare: (rest) =>
        new ResourceClient(rest, customResourceDefinitions).delete({ name: 'egressfirewalls.k8s.ovn.org' }),
    });
    cluster.run({ guardUnassigned: true });
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  it('says that nothing is guarded, and serves', async () => {
    for (const number of [1, 2]) await cluster.addNode(`n${number}`, 'a', [`10.0.0.${number}/24`]);
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/26', labelValue: 'a' }]);
    await cluster.addNamespace('shop');
    await expect.poll(() => cluster.assigned('egressip-shop'), poll).toHaveLength(1);
    await expect
      .poll(
        () =>
          cluster.logged.filter((line) =>
            line.includes('what guards namespaces cannot be read, and nothing is guarded'),
          ).length,
        poll,
      )
      .toBeGreaterThan(0);
  }, 60_000);
});

const customResourceDefinitions = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

interface Crd extends KubernetesObject {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: unknown } }[] };
}

async function forgetNodeSelector(rest: RestClient): Promise<void> {
  const crds = new ResourceClient(rest, customResourceDefinitions);
  const crd = (await crds.get({ name: 'egressfirewalls.k8s.ovn.org' })) as Crd;
  const text = JSON.stringify(crd, (key, value: unknown) => (key === 'nodeSelector' ? undefined : value));
  await crds.replace(JSON.parse(text) as Crd);
  // A server may need a moment to serve the new schema.
  const firewalls = new ResourceClient(rest, egressFirewalls);
  const probe = {
    metadata: { namespace: 'default', name: 'default' },
    spec: { egress: [{ type: 'Allow', to: { cidrSelector: '1.2.3.4/32', nodeSelector: {} } }] },
  };
  for (let isKnown = true; isKnown;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const created = await firewalls.create(probe).catch(() => undefined);
    isKnown = created === undefined || JSON.stringify(created['spec']).includes('nodeSelector');
    if (created !== undefined) await firewalls.delete({ namespace: 'default', name: 'default' });
  }
}
