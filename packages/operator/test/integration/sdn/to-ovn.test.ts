import { asRecord } from '@egressip-ipam/core/plugin';
import { seededRandom, startOvnClusterManager } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conditionOf } from '../support/carried.ts';
import { egressIPs, nodes } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';
import { SdnCluster } from './sdn-cluster.ts';

const poll = { timeout: 90_000, interval: 200 };
const names = ['one', 'two', 'three'];

// HostSubnets and NetNamespaces outlive the network that read them: to who goes by them alone, all is well for ever.
describe.each(bothServers)('a cluster that goes over to OVN-Kubernetes beneath a running operator, on %s', (server) => {
  let cluster: SdnCluster;

  beforeAll(async () => {
    cluster = await SdnCluster.start(server, ['egressips']);
    for (const number of [1, 2]) await cluster.addNode(`a${number}`, 'a', `10.0.0.${number}`);
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/27', labelValue: 'a' }]);
    cluster.run({ leaderElect: true });
    for (const name of names) await cluster.addNamespace(name);
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  const said = async (): Promise<unknown> => {
    const status = await cluster.statusOf('pool');
    return [conditionOf(status, 'Ready'), asRecord(status['summary'])['carried']];
  };

  it('nothing is said to be carried any more, until OVN-Kubernetes carries the same addresses', async () => {
    await expect.poll(said, poll).toEqual(['True', '3/3']);
    const had = await Promise.all(names.map((name) => cluster.annotation(name)));
    for (const number of [1, 2])
      await cluster.client(nodes).mergePatch(
        { name: `a${number}` },
        {
          metadata: {
            annotations: {
              'k8s.ovn.org/node-primary-ifaddr': JSON.stringify({ ipv4: `10.0.0.${number}/24` }),
              'k8s.ovn.org/host-cidrs': JSON.stringify([`10.0.0.${number}/24`]),
            },
          },
        },
      );
    await expect.poll(said, poll).toEqual(['False', '0/3']);
    const manager = await startOvnClusterManager({ rest: cluster.server.clusterManager, random: seededRandom(3) });
    await expect.poll(said, poll).toEqual(['True', '3/3']);
    await manager.stop();
    expect(await Promise.all(names.map((name) => cluster.annotation(name)))).toEqual(had);
    const wanted = (await cluster.client(egressIPs).list()).items.map(({ metadata, spec }) => [
      metadata.name,
      asRecord(spec)['egressIPs'],
    ]);
    expect(wanted.sort()).toEqual(names.map((name, index) => [`egressip-${name}`, [had[index]]]).sort());
    expect(cluster.logged.join('\n')).toContain('the cluster has another network by now');
  }, 240_000);
});
