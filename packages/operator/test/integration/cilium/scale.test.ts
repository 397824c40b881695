import { ResourceClient } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namespaces } from '../support/resources.ts';
import { addPool, machinesNamed, startCiliumCluster, type CiliumCluster } from './cilium-cluster.ts';

const count = 1_000;
const names = Array.from({ length: 50 }, (_, index) => `n${String(index).padStart(2, '0')}`);

// On the sandbox: a real API server beside fifty agents in this process would be what is measured.
describe.each(['the sandbox'] as const)(
  'a thousand namespaces on Cilium, with agents on fifty nodes, on %s',
  (server) => {
    let cluster: CiliumCluster;

    beforeAll(async () => {
      cluster = await startCiliumCluster(server, machinesNamed(names));
      // They write nothing, and fifty of them would take the time of this process.
      await cluster.cilium.stop();
      await addPool(cluster.rest, '10.0.64.0/20');
      for (let first = 0; first < count; first += 20)
        await Promise.all(Array.from({ length: 20 }, (_, index) => cluster.addNamespace(`ns-${first + index}`)));
    }, 180_000);
    afterAll(() => cluster.stop(), 60_000);

    it('cost one annotation and two writes of a policy each, few of a node, and nothing in twenty seconds of rest', async () => {
      const start = Date.now();
      cluster.run();
      const served = async (): Promise<number> =>
        (await cluster.policies()).filter((policy) => {
          const [address = '', node = ''] = policy.split('@');
          return cluster.agents.addressesOf(node).has(address);
        }).length;
      await expect.poll(served, { timeout: 240_000, interval: 1_000 }).toBe(count);
      const seconds = Math.round((Date.now() - start) / 1_000);
      const writes = async (): Promise<Record<string, number>> => {
        const all: Record<string, number> = {};
        // Leases are renewed, and the roster of agents is one.
        for (const { resource } of await cluster.writes())
          if (resource !== 'leases') all[resource] = (all[resource] ?? 0) + 1;
        return all;
      };
      await new Promise((resolve) => setTimeout(resolve, 12_000));
      const before = await writes();
      console.log(`${count} namespaces on ${names.length} nodes after ${seconds} s: ${JSON.stringify(before)}`);
      // A note of the address comes before it goes on a node, the gateway after: a crash in between loses nothing.
      expect(before).toMatchObject({ namespaces: count, ciliumegressgatewaypolicies: 2 * count });
      // What comes while a write of a node's wishes is under way goes in one with the next.
      expect(before['egressnodes']).toBeLessThanOrEqual(4 * names.length);
      expect(before['egressipams']).toBeLessThanOrEqual(3 + Math.floor((Date.now() - start) / 10_000));
      const addresses = (await new ResourceClient(cluster.rest, namespaces).list()).items.flatMap(
        ({ metadata }) => metadata.annotations?.['egressip-ipam-operator.redhat-cop.io/egressips'] ?? [],
      );
      expect(new Set(addresses).size).toBe(count);
      expect(cluster.doubles).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 20_000));
      expect(await writes()).toEqual(before);
    }, 360_000);
  },
);
