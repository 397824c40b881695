import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egressIPs, namespaces } from '../support/resources.ts';
import { startOvnCluster, type OvnCluster } from './ovn-cluster.ts';
import { oneServer } from '../support/start-server.ts';

const count = 1_000;
const nodeCount = 20;

// On the real API server where there is one, else on the sandbox; nothing is run where the networks' CRDs are not
// there.
describe.each(oneServer)('a thousand namespaces on OVN-Kubernetes, on %s', (server) => {
  let cluster: OvnCluster;

  beforeAll(async () => {
    cluster = await startOvnCluster(server);
    for (let number = 1; number <= nodeCount; number += 1)
      await cluster.addNode(`n${number}`, 'a', [`10.0.0.${number}/16`]);
    await cluster.addPool('pool', [{ CIDR: '10.0.64.0/20', labelValue: 'a' }]);
    for (let first = 0; first < count; first += 20)
      await Promise.all(Array.from({ length: 20 }, (_, index) => cluster.addNamespace(`ns-${first + index}`)));
  }, 180_000);
  afterAll(() => cluster.stop(), 60_000);

  it('cost one annotation and one apply each, and nothing in twenty seconds of rest', async () => {
    const start = Date.now();
    cluster.run();
    const served = async (): Promise<number> =>
      (await cluster.client(egressIPs).list()).items.filter(
        (item) => ((item['status'] as { items?: readonly unknown[] } | undefined)?.items ?? []).length === 1,
      ).length;
    await expect.poll(served, { timeout: 120_000, interval: 1_000 }).toBe(count);
    const writes = async (): Promise<Record<string, number>> => {
      const all: Record<string, number> = {};
      for (const { resource } of await cluster.writes()) all[resource] = (all[resource] ?? 0) + 1;
      return all;
    };
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const before = await writes();
    expect(before).toMatchObject({ namespaces: count, egressips: count, nodes: nodeCount });
    // The finalizer, the status, and that once more every ten seconds that it takes.
    const whileBusy = Math.floor((Date.now() - start) / 10_000);
    expect(before['egressipams']).toBeLessThanOrEqual(3 + whileBusy);
    // What came since the last telling is told one by one, up to a hundred.
    expect(before['events'] ?? 0).toBeLessThanOrEqual(5 + whileBusy * 100);
    const addresses = (await cluster.client(namespaces).list()).items.flatMap(
      ({ metadata }) => metadata.annotations?.['egressip-ipam-operator.redhat-cop.io/egressips'] ?? [],
    );
    expect(new Set(addresses).size).toBe(count);
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    expect(await writes()).toEqual(before);
  }, 240_000);
});
