import { findMoto, startStrictEc2, type StrictEc2 } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nodes } from '../support/resources.ts';
import { oneServer } from '../support/start-server.ts';
import { startOvnCluster, type OvnCluster } from './ovn-cluster.ts';
import { noMoto, unless } from '../../../../../tools/testing/unless.ts';

const poll = { timeout: 30_000, interval: 50 };

describe.each(oneServer)(
  'OVN-Kubernetes on AWS, with credentials, on %s',
  unless(findMoto() === undefined, noMoto),
  (server) => {
    let cluster: OvnCluster;
    let ec2: StrictEc2;

    beforeAll(async () => {
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'test');
      vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
      ec2 = await startStrictEc2();
      const workers = await ec2.createCluster({
        zones: [{ zone: 'us-east-1a', cidr: '10.0.0.0/24', workers: 2 }],
        instanceType: 'm5.large',
      });
      const [first] = workers;
      await ec2.assignForeign({ networkInterfaceId: first?.networkInterfaceId ?? '', address: '10.0.0.65' });
      await ec2.createLoadBalancerInterface({
        subnetId: first?.subnetId ?? '',
        address: '10.0.0.66',
        description: 'ELB app/shop',
      });
      const interfaces = new Map(workers.map(({ name, networkInterfaceId }) => [name, networkInterfaceId]));
      cluster = await startOvnCluster(server, {
        cloud: {
          interfaceOf: ({ metadata }) => ({
            interface: interfaces.get(metadata.name) ?? '',
            ifaddr: { ipv4: '10.0.0.0/24' },
            capacity: { ipv4: 8 },
          }),
        },
      });
      for (const { name, providerID, primaryAddress } of workers) {
        await cluster.client(nodes).create({
          metadata: {
            name,
            labels: { zone: 'a' },
            annotations: {
              'k8s.ovn.org/node-primary-ifaddr': JSON.stringify({ ipv4: `${primaryAddress}/24` }),
              'k8s.ovn.org/host-cidrs': JSON.stringify([`${primaryAddress}/24`]),
            },
          },
          spec: { providerID },
        });
        await cluster.client(nodes).mergePatch(
          { name },
          {
            status: {
              addresses: [{ type: 'InternalIP', address: primaryAddress }],
              conditions: [{ type: 'Ready', status: 'True' }],
            },
          },
          { subresource: 'status' },
        );
      }
      await cluster.addPool('pool', [{ CIDR: '10.0.0.64/26', labelValue: 'a' }]);
      const isAnnotated = async (): Promise<boolean> =>
        (await cluster.client(nodes).list()).items.every(
          ({ metadata }) => metadata.annotations?.['cloud.network.openshift.io/egress-ipconfig'] !== undefined,
        );
      await vi.waitUntil(isAnnotated, poll);
      ec2.clearCalls();
      // No provider is named: that credentials are there is enough.
      cluster.run({ cloud: { region: 'us-east-1', endpoint: ec2.url }, cloudPollInterval: 5 });
    }, 120_000);
    afterAll(async () => {
      vi.unstubAllEnvs();
      await cluster.stop();
      await ec2.close();
    }, 60_000);

    it("gives nothing that is on a load balancer's interface or a foreign one of a node, and changes no interface itself", async () => {
      for (const name of ['first', 'second']) await cluster.addNamespace(name);
      for (const name of ['first', 'second'])
        await expect.poll(() => cluster.assigned(`egressip-${name}`), poll).toHaveLength(1);
      expect([await cluster.annotation('first'), await cluster.annotation('second')].sort()).toEqual([
        '10.0.0.67',
        '10.0.0.68',
      ]);
      await cluster.annotate('first', { egressipam: null });
      await expect.poll(() => cluster.spec('egressip-first'), poll).toBeUndefined();
      expect(ec2.callCounts()).toMatchObject({ mutating: 0 });
      expect(ec2.callCounts().describing).toBeGreaterThan(0);
    }, 60_000);

    it('waits, with the reason, while the cloud cannot be asked what is in use', async () => {
      ec2.inject({ fault: { kind: 'reset', when: 'before' } });
      await expect
        .poll(() => cluster.logged.filter((line) => line.includes('the cloud cannot be read')), poll)
        .toHaveLength(1);
      await cluster.addNamespace('third');
      await expect.poll(() => cluster.events('WaitingForProvider'), poll).toEqual([expect.stringMatching(/^third: /)]);
      expect(await cluster.annotation('third')).toBeUndefined();
      expect(await cluster.assigned('egressip-second')).toHaveLength(1);
      ec2.clearFaults();
      await expect.poll(() => cluster.assigned('egressip-third'), poll).toHaveLength(1);
    }, 60_000);
  },
);
