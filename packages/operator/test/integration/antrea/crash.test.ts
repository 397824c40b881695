import { createFaultProxy, seededRandom } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { namespaces } from '../support/resources.ts';
import { runLive, spawnOperator } from '../support/operator-process.ts';
import { oneServer, writeKubeconfig } from '../support/start-server.ts';
import { AntreaCluster, eventually, ways } from './antrea-cluster.ts';

const kills = Math.min(60, Number(process.env['CRASHES'] ?? 10));
const namesPerKill = 3;
const told = 'egressip-ipam-operator.redhat-cop.io/egressips';
const cases = ways.flatMap((way) => oneServer.map((server) => ({ way, server })));

/** By namespace: its address. */
async function allocations(cluster: AntreaCluster): Promise<ReadonlyMap<string, string>> {
  const { items } = await cluster.client(namespaces).list();
  return new Map(
    items.flatMap(({ metadata: { name, annotations } }) => {
      const address = annotations?.[told];
      return address === undefined ? [] : [[name, address] as const];
    }),
  );
}

// Each kill is right before or right after some write, the n-th of a life; where nothing is written any more, a while
// after the start.
describe.each(cases)('kill -9 on Antrea, where $way, on $server', ({ way, server }) => {
  it(`at ${kills} random points, while namespaces come and go and a node is lost: nothing lost, nothing doubled`, async () => {
    const random = seededRandom(Number(process.env['SEED'] ?? 5));
    const cluster = await AntreaCluster.start(server, way);
    const proxy = await createFaultProxy({ target: cluster.server.target, random });
    try {
      const kubeconfig = await writeKubeconfig(proxy.url, 'operator');
      await cluster.addPool('pool', [{ CIDR: '10.0.1.0/24', labelValue: 'z' }]);
      const staying = new Set<string>();
      let known: ReadonlyMap<string, string> = new Map();
      for (let kill = 0; kill < kills; kill += 1) {
        const before = proxy.counts().drop;
        const forget = proxy.add({
          fault: { kind: 'drop', when: random() < 0.5 ? 'before' : 'after' },
          method: random() < 0.8 ? 'PATCH' : 'DELETE',
          skip: Math.floor(random() * 8),
          times: 1,
        });
        const operator = spawnOperator(kubeconfig, '--namespace', 'default');
        for (let number = 0; number < namesPerKill; number += 1) {
          staying.add(`n${kill}-${number}`);
          await cluster.addNamespace(`n${kill}-${number}`);
        }
        const [leaving, deleted] = [`n${kill - 2}-0`, `n${kill - 2}-1`];
        if (staying.delete(leaving)) await cluster.annotate(leaving, { egressipam: null });
        if (staying.delete(deleted)) await cluster.removeNamespace(deleted);
        await (kill % 2 === 0 ? cluster.powerOff('b') : cluster.powerOn('b'));
        for (const end = Date.now() + 1_500 + random() * 1_500; Date.now() < end && proxy.counts().drop === before;)
          await wait(2);
        operator.child.kill('SIGKILL');
        expect(await operator.ended).toBe('SIGKILL');
        forget();
        const now = await allocations(cluster);
        expect(new Set(now.values()).size).toBe(now.size);
        for (const [name, address] of now) expect(known.get(name) ?? address, name).toBe(address);
        known = now;
      }
      await cluster.powerOn('b');
      const last = spawnOperator(kubeconfig, '--namespace', 'default');
      const wanted = (now: ReadonlyMap<string, string>): readonly string[] =>
        [...now].map(([name, address]) => `egressip-ipam.${name}.${address.replaceAll('.', '-')}`).sort();
      await eventually(async () =>
        expect([...(await allocations(cluster)).keys()].sort()).toEqual([...staying].sort()),
      );
      await eventually(async () => expect(await cluster.egressNames()).toEqual(wanted(await allocations(cluster))));
      const counts = `${staying.size}/${staying.size}`;
      await eventually(async () => expect(await cluster.summary()).toEqual(['True', counts, counts]));
      for (const address of (await allocations(cluster)).values())
        expect(cluster.antrea.holders(address), address).toHaveLength(1);
      await eventually(async () =>
        expect(await runLive(cluster.server.kubeconfig, 'check', '--namespace', 'default')).toMatchObject({ code: 0 }),
      );
      expect(cluster.doubles).toEqual([]);
      await eventually(() => expect(cluster.laws.violations()).toEqual([]));
      last.child.kill('SIGTERM');
      expect(await last.ended).toBe(0);
    } finally {
      await proxy.close();
      await cluster.stop();
    }
  }, 400_000);
});
