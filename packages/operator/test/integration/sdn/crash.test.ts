import { seededRandom } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { nodes } from '../support/resources.ts';
import { oneServer } from '../support/start-server.ts';
import { SdnCluster } from './sdn-cluster.ts';

const kills = Number(process.env['CRASHES'] ?? 30);
const namespaceCount = 100;

/** One thing that happens to a cluster while its operator comes and goes. */
async function happen(cluster: SdnCluster, random: () => number, unready: Set<string>): Promise<void> {
  const name = `${random() < 0.5 ? 'a' : 'b'}${1 + Math.floor(random() * 4)}`;
  const choice = random();
  if (unready.has(name) && unready.delete(name)) await cluster.setReady(name, true);
  else if (choice < 0.6 && unready.size < 3 && unready.add(name)) await cluster.setReady(name, false);
  else if (choice < 0.8)
    await cluster
      .client(nodes)
      .mergePatch({ name }, { metadata: { labels: { zone: null } } })
      .then(() => cluster.client(nodes).mergePatch({ name }, { metadata: { labels: { zone: name[0] } } }));
}

// Each kill is right before or right after some write, the n-th of a life; where nothing is written any more, a while
// after the start.
it.each(oneServer)(
  `kill -9 at ${kills} random points, 100 namespaces and node changes: nothing lost, nothing doubled, the same end (on %s)`,
  async (server) => {
    const random = seededRandom(Number(process.env['SEED'] ?? 11));
    const cluster = await SdnCluster.start(server);
    try {
      const { proxy, kubeconfig } = await cluster.addProxy();
      for (const [index, zone] of ['a', 'b'].entries())
        for (const number of [1, 2, 3, 4])
          await cluster.addNode(`${zone}${number}`, zone, `192.168.${index}.${number}`);
      await cluster.addPool('pool', [
        { CIDR: '10.0.0.0/24', labelValue: 'a' },
        { CIDR: '10.0.1.0/24', labelValue: 'b' },
      ]);
      const unready = new Set<string>();
      for (let kill = 0, made = 0; kill < kills; kill += 1) {
        const before = proxy.counts().drop;
        const forget = proxy.add({
          fault: { kind: 'drop', when: random() < 0.5 ? 'before' : 'after' },
          method: 'PATCH',
          skip: Math.floor(random() * 12),
          times: 1,
        });
        const operator = cluster.spawn(kubeconfig);
        for (; made < ((kill + 1) * namespaceCount) / kills; made += 1)
          await cluster.addNamespace(`n${String(made).padStart(3, '0')}`);
        await happen(cluster, random, unready);
        for (const end = Date.now() + 1_000 + random() * 1_000; Date.now() < end && proxy.counts().drop === before;)
          await wait(2);
        operator.child.kill('SIGKILL');
        expect(await operator.ended).toBe('SIGKILL');
        forget();
      }
      for (const name of unready) await cluster.setReady(name, true);
      const last = cluster.spawn(kubeconfig);
      const names = Array.from({ length: namespaceCount }, (_, index) => `n${String(index).padStart(3, '0')}`);
      await expect
        .poll(async () => (await cluster.bindings(names)).filter((addresses) => addresses.length === 2).length, {
          timeout: 60_000,
          interval: 250,
        })
        .toBe(namespaceCount);
      // Each is what the plan of an undisturbed run would leave: check finds nothing, and no write is left to be done.
      await expect.poll(async () => (await cluster.command('check')).code, { timeout: 30_000, interval: 500 }).toBe(0);
      const [bindings, hosted] = [await cluster.bindings(names), Object.values(await cluster.hosted()).flat()];
      expect(new Set(bindings.flat()).size).toBe(2 * namespaceCount);
      expect(hosted.sort()).toEqual(bindings.flat().sort());
      for (const [index, name] of names.entries())
        expect((await cluster.annotation(name))?.split(',')).toEqual(bindings[index]);
      await expect
        .poll(() => cluster.statusOf('pool'), { timeout: 10_000, interval: 250 })
        .toMatchObject({ served: namespaceCount, waiting: 0 });
      expect(await cluster.writesDuring(() => Promise.resolve())).toEqual([]);
      await expect.poll(() => cluster.laws.violations()).toEqual([]);
      last.child.kill('SIGTERM');
      expect(await last.ended).toBe(0);
    } finally {
      await cluster.stop();
    }
  },
  600_000,
);
