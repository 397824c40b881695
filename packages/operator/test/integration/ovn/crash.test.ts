import { createFaultProxy, seededRandom } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { cloudPrivateIPConfigs, egressIPs, namespaces } from '../support/resources.ts';
import { runLive, spawnOperator } from '../support/operator-process.ts';
import { oneServer, writeKubeconfig } from '../support/start-server.ts';
import { prefix, startOvnCluster, type OvnCluster } from './ovn-cluster.ts';

const kills = Math.min(60, Number(process.env['CRASHES'] ?? 12));
const namesPerKill = 3;

/** By namespace: its addresses. Says which address two have, and which namespace has others than before. */
async function readAllocations(
  cluster: OvnCluster,
  before: ReadonlyMap<string, string>,
): Promise<{ readonly allocations: ReadonlyMap<string, string>; readonly wrong: readonly string[] }> {
  const { items } = await cluster.client(namespaces).list();
  const allocations = new Map(
    items.flatMap(({ metadata }) => {
      const text = metadata.annotations?.[`${prefix}/egressips`];
      return text === undefined ? [] : [[metadata.name, text] as const];
    }),
  );
  const all = [...allocations.values()].flatMap((text) => text.split(','));
  const twice = all.filter((address, index) => all.indexOf(address) !== index);
  const changed = [...allocations]
    .filter(([name, text]) => (before.get(name) ?? text) !== text)
    .map(([name, text]) => `${name}: ${before.get(name)}, then ${text}`);
  return { allocations, wrong: [...twice, ...changed] };
}

// Each kill is right before or right after some write, the n-th of a life; where nothing is written any more, a while
// after the start.
it.each(oneServer)(
  `kill -9 at ${kills} random points on OVN-Kubernetes in a cloud, while namespaces come and go: nothing lost, nothing doubled (on %s)`,
  async (server) => {
    const random = seededRandom(Number(process.env['SEED'] ?? 5));
    const cluster = await startOvnCluster(server, {
      cloud: {
        interfaceOf: () => ({ interface: 'eni-1', ifaddr: { ipv4: '10.0.0.0/16' }, capacity: { ipv4: 200 } }),
        cloudDelay: 50,
      },
    });
    const proxy = await createFaultProxy({ target: cluster.target, random });
    try {
      const kubeconfig = await writeKubeconfig(proxy.url, 'operator');
      for (const number of [1, 2, 3]) await cluster.addNode(`n${number}`, 'a', [`10.0.0.${number}/16`]);
      await cluster.addPool('pool', [
        { CIDR: '10.0.1.0/24', labelValue: 'a' },
        { CIDR: '10.0.2.0/24', labelValue: 'a' },
      ]);
      let known: ReadonlyMap<string, string> = new Map();
      const staying = new Set<string>();
      for (let kill = 0; kill < kills; kill += 1) {
        const before = proxy.counts().drop;
        const forget = proxy.add({
          fault: { kind: 'drop', when: random() < 0.5 ? 'before' : 'after' },
          method: random() < 0.8 ? 'PATCH' : 'DELETE',
          skip: Math.floor(random() * 8),
          times: 1,
        });
        const operator = spawnOperator(kubeconfig);
        for (let number = 0; number < namesPerKill; number += 1) {
          staying.add(`n${kill}-${number}`);
          await cluster.addNamespace(`n${kill}-${number}`);
        }
        const [leaving, deleted] = [`n${kill - 2}-0`, `n${kill - 2}-1`];
        if (staying.delete(leaving)) await cluster.annotate(leaving, { egressipam: null });
        if (staying.delete(deleted)) await cluster.removeNamespace(deleted);
        for (const end = Date.now() + 1_000 + random() * 1_000; Date.now() < end && proxy.counts().drop === before;)
          await wait(2);
        operator.child.kill('SIGKILL');
        expect(await operator.ended).toBe('SIGKILL');
        forget();
        const { allocations, wrong } = await readAllocations(cluster, known);
        expect(wrong).toEqual([]);
        known = allocations;
      }
      const last = spawnOperator(kubeconfig);
      const assigned = async (): Promise<number> =>
        (await cluster.client(egressIPs).list()).items.filter(
          (item) => (item['status'] as { items?: readonly unknown[] } | undefined)?.items?.length === 2,
        ).length;
      await expect.poll(assigned, { timeout: 60_000, interval: 250 }).toBe(staying.size);
      await expect
        .poll(async () => (await readAllocations(cluster, known)).allocations.size, { timeout: 30_000, interval: 250 })
        .toBe(staying.size);
      expect((await readAllocations(cluster, known)).wrong).toEqual([]);
      expect((await cluster.client(egressIPs).list()).items.map(({ metadata }) => metadata.name).sort()).toEqual(
        [...staying].map((name) => `egressip-${name}`).sort(),
      );
      await expect
        .poll(async () => (await cluster.client(cloudPrivateIPConfigs).list()).items.length, {
          timeout: 30_000,
          interval: 250,
        })
        .toBe(2 * staying.size);
      await expect
        .poll(async () => (await runLive(cluster.kubeconfig, 'check')).code, { timeout: 30_000, interval: 500 })
        .toBe(0);
      last.child.kill('SIGTERM');
      expect(await last.ended).toBe(0);
    } finally {
      await proxy.close();
      await cluster.stop();
    }
  },
  400_000,
);
