import { expect, it } from 'vitest';
import { nodes } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';
import { startOvnCluster } from './ovn-cluster.ts';

const poll = { timeout: 20_000, interval: 100 };

// Nobody attaches addresses there, and OVN-Kubernetes takes the nodes for any others; no credentials are asked for.
it.each(bothServers)(
  'serves Kubernetes without OpenShift on machines of a cloud, on %s',
  async (server) => {
    const cluster = await startOvnCluster(server);
    try {
      for (const number of [1, 2]) {
        await cluster.addNode(`n${number}`, 'a', [`10.0.0.${number}/16`]);
        await cluster
          .client(nodes)
          .mergePatch(
            { name: `n${number}` },
            { spec: { providerID: `aws:///us-east-1a/i-0123456789abcdef${number}` } },
          );
      }
      await cluster.addPool('pool', [{ CIDR: '10.0.64.0/28', labelValue: 'a' }]);
      await cluster.addNamespace('shop');
      cluster.run();
      await expect
        .poll(() => cluster.assigned('egressip-shop'), poll)
        .toEqual([expect.stringMatching(/^10\.0\.64\.1@n/)]);
      expect(cluster.logged.filter((line) => line.includes('provider=')).join()).toContain('provider="baremetal"');
    } finally {
      await cluster.stop();
    }
  },
  120_000,
);
