import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodes } from '../support/resources.ts';
import { cidrs, withMoto, startAwsCluster, zones, type AwsCluster } from './aws-cluster.ts';

const poll = { timeout: 30_000, interval: 200 };

// OpenShift 4.10 and later: the cluster's own cloud network config controller puts what HostSubnets say on the
// interfaces.
describe('where the cloud network config controller attaches', withMoto, () => {
  let cluster: AwsCluster;

  beforeAll(async () => {
    cluster = await startAwsCluster({ workersPerZone: 1, instanceType: 'm5.large', crds: ['cloudprivateipconfigs'] });
    for (const { name, networkInterfaceId, subnetCidr } of cluster.workers) {
      const egressIPConfig = JSON.stringify([
        { interface: networkInterfaceId, ifaddr: { ipv4: subnetCidr }, capacity: { ipv4: 2, ipv6: 10 } },
      ]);
      await cluster
        .client(nodes)
        .mergePatch(
          { name },
          { metadata: { annotations: { 'cloud.network.openshift.io/egress-ipconfig': egressIPConfig } } },
        );
    }
    await cluster.ec2.createLoadBalancerInterface({
      subnetId: cluster.workers[0]?.subnetId ?? '',
      address: '10.0.0.5',
      description: 'ELB app/shop',
    });
    await cluster.addPool(
      'pool',
      cidrs.map((CIDR, index) => ({ CIDR, labelValue: zones[index] })),
    );
    cluster.run({ provider: 'aws' });
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  it('writes HostSubnets and NetNamespaces, reads what is in use, and changes no interface', async () => {
    for (const name of ['first', 'second']) await cluster.addNamespace(name);
    await expect.poll(async () => (await cluster.state()).bound.size, poll).toBe(6);
    const { hosted, bound, attached } = await cluster.state();
    expect([...hosted.keys()].sort()).toEqual([...bound.keys()].sort());
    expect(hosted.has('10.0.0.5')).toBe(false);
    expect(attached.size).toBe(0);
    expect(cluster.ec2.callCounts().mutating).toBe(0);
    expect(cluster.ec2.callCounts().describing).toBeGreaterThan(0);
  }, 60_000);

  it('keeps within the capacity that the controller announces, and releases without a call', async () => {
    await cluster.addNamespace('third');
    await expect.poll(() => cluster.events('WaitingForCapacity'), poll).toEqual([expect.stringMatching(/^third: /)]);
    expect(await cluster.boundTo('third')).toEqual([]);
    await cluster.optOut('first');
    await expect.poll(async () => (await cluster.boundTo('third')).length, poll).toBe(3);
    expect(cluster.ec2.callCounts().mutating).toBe(0);
  }, 60_000);
});
