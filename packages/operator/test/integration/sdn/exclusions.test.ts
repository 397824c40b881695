import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostSubnets, infrastructures, nodes } from '../support/resources.ts';
import { freePort } from '../support/free-port.ts';
import { bothServers } from '../support/start-server.ts';
import { SdnCluster } from './sdn-cluster.ts';

const poll = { timeout: 30_000, interval: 50 };

/** What people have written into the annotation, or might. */
const malformed = [
  'nonsense',
  '10.0.0.20',
  '10.0.0.20,10.0.1.20,10.0.1.21',
  '10.0.0.20,10.0.0.21',
  '10.9.9.9,10.0.1.20',
  '010.0.0.20,10.0.1.20',
  '10.0.0.20;10.0.1.20',
  '10.0.0.256,10.0.1.20',
  '10.0.0,10.0.1.20',
  '10.0.0.20/32,10.0.1.20',
  '0x0a000014,10.0.1.20',
  '10.0.0.20%eth0,10.0.1.20',
  '10.0.0.20,',
  ',,',
  '{"ip":"10.0.0.20"}',
  '10.0.0.20 10.0.1.20',
  '\u0661\u0660.0.0.20,10.0.1.20',
];

describe.each(bothServers)('a bare metal cluster of OpenShift, on %s', (server) => {
  let cluster: SdnCluster;
  let [metrics, health] = ['', ''];

  beforeAll(async () => {
    cluster = await SdnCluster.start(server, ['infrastructures']);
    await cluster
      .client(infrastructures)
      .create({ metadata: { name: 'cluster' }, spec: { platformSpec: { type: 'BareMetal' } } });
    const baremetal = {
      apiServerInternalIP: '10.0.0.1',
      ingressIP: '10.0.0.2',
      apiServerInternalIPs: ['10.0.0.1'],
      ingressIPs: ['10.0.0.2'],
    };
    const status = {
      infrastructureName: 'test',
      apiServerURL: 'https://api',
      apiServerInternalURI: 'https://api-int',
      controlPlaneTopology: 'HighlyAvailable',
      infrastructureTopology: 'HighlyAvailable',
      platform: 'BareMetal',
      platformStatus: { type: 'BareMetal', baremetal },
    };
    await cluster.client(infrastructures).mergePatch({ name: 'cluster' }, { status }, { subresource: 'status' });
    await cluster.addNode('a1', 'a', '10.0.0.3');
    await cluster.addNode('a2', 'a', '10.0.0.4');
    await cluster.addNode('b1', 'b', '10.0.1.1');
    await cluster.addPool('pool', [
      { CIDR: '10.0.0.0/27', labelValue: 'a', reservedIPs: ['10.0.0.5', '10.0.0.6-10.0.0.7'] },
      { CIDR: '10.0.1.0/27', labelValue: 'b', reservedIPs: ['10.0.1.0/30'] },
    ]);
    const [metricsPort, healthPort] = [await freePort(), await freePort()];
    [metrics, health] = [`http://127.0.0.1:${metricsPort}/metrics`, `http://127.0.0.1:${healthPort}`];
    cluster.run({ metricsBindAddress: `127.0.0.1:${metricsPort}`, healthProbeBindAddress: `127.0.0.1:${healthPort}` });
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  it('gives nothing that is reserved, a node, the API or ingress', async () => {
    await cluster.addNamespace('first');
    await expect.poll(() => cluster.boundTo('first'), poll).toEqual(['10.0.0.8', '10.0.1.4']);
    for (const [name, egressips] of Object.entries({
      'wants-api': '10.0.0.1,10.0.1.9',
      'wants-ingress': '10.0.0.2,10.0.1.9',
      'wants-node': '10.0.0.3,10.0.1.9',
      'wants-reserved': '10.0.0.7,10.0.1.9',
    })) {
      await cluster.addNamespace(name, { egressipam: 'pool', egressips });
    }
    const told = async (): Promise<readonly string[]> =>
      (await Promise.all(['AddressReserved', 'AddressInUse'].map((reason) => cluster.events(reason))))
        .flat()
        .map((text) => text.split(':')[0] ?? '')
        .sort();
    await expect.poll(told, poll).toEqual(['wants-api', 'wants-ingress', 'wants-node', 'wants-reserved']);
    expect(await cluster.boundTo('wants-api')).toEqual([]);
  }, 60_000);

  it('serves the good among many malformed, and tells each of those once', async () => {
    for (const [index, egressips] of malformed.entries())
      await cluster.addNamespace(`bad-${index}`, { egressipam: 'pool', egressips });
    for (const name of ['good-1', 'good-2', 'good-3']) await cluster.addNamespace(name);
    for (const [index, name] of ['good-1', 'good-2', 'good-3'].entries())
      await expect.poll(() => cluster.boundTo(name), poll).toEqual([`10.0.0.${9 + index}`, `10.0.1.${5 + index}`]);
    const told = async (): Promise<readonly string[]> =>
      (
        await Promise.all(
          ['InvalidAddress', 'WrongAddressCount', 'AddressOutsideCIDR', 'AddressReserved'].map((reason) =>
            cluster.events(reason),
          ),
        )
      )
        .flat()
        .map((text) => text.split(':')[0] ?? '')
        .filter((name) => name.startsWith('bad-'));
    await expect.poll(async () => new Set(await told()).size, poll).toBe(malformed.length);
    for (const [index, egressips] of malformed.entries()) {
      expect(await cluster.annotation(`bad-${index}`)).toBe(egressips);
      expect(await cluster.boundTo(`bad-${index}`)).toEqual([]);
    }
  }, 60_000);

  it('goes on past objects that no program should have written', async () => {
    await cluster.client(nodes).create({
      metadata: {
        name: 'odd',
        labels: { zone: 'a' },
        annotations: { 'cloud.network.openshift.io/egress-ipconfig': '{"', 'k8s.ovn.org/host-cidrs': '[1, {}]' },
      },
    });
    await cluster
      .client(hostSubnets)
      .mergePatch(
        { name: 'a2' },
        { metadata: { annotations: { 'egressip-ipam-operator.redhat-cop.io/hosted-ips': '%%%,=,10.0.0.999=x' } } },
      );
    await cluster.addNamespace('still-served');
    await expect.poll(() => cluster.boundTo('still-served'), poll).toHaveLength(2);
    expect(cluster.logged.filter((line) => /\bERROR\b|^\s+at /.test(line))).toEqual([]);
  }, 60_000);

  it('tells its state in metrics, and that it is well', async () => {
    for (const path of ['/healthz', '/readyz']) expect((await fetch(health + path)).status).toBe(200);
    const lines = (await (await fetch(metrics)).text()).split('\n');
    const value = (series: string): number =>
      Number(
        lines
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')
          .at(-1),
      );
    await expect
      .poll(
        async () =>
          value('egressip_leader') === 1 &&
          (await (await fetch(metrics)).text()).includes('egressip_claims{egressipam="pool",state="carried"} 5'),
        poll,
      )
      .toBe(true);
    expect(
      ['allocated', 'free', 'reserved'].reduce(
        (sum, state) => sum + value(`egressip_cidr_addresses{egressipam="pool",cidr="10.0.1.0/27",state="${state}"}`),
        0,
      ),
    ).toBe(32);
    expect(value('egressip_ip_allocated{egressipam="pool",node="b1"}')).toBe(6);
    expect(lines.filter((line) => line.endsWith(' NaN'))).toEqual([]);
  }, 60_000);
});
