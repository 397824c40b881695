import { seededRandom } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { noRealServer, unless } from '../../../../../tools/testing/unless.ts';
import { startTimeLimit } from '../../../../provider-agent/test/packets/time-limit.ts';
import { runLive } from '../support/operator-process.ts';
import { realServer } from '../support/start-server.ts';
import { addressesIn, isWhole, records, violationsBeside, watchBound, writesWithin } from './observations.ts';
import { changesOfLeader, Replicas } from './replicas.ts';
import { stormNetworks } from './storm-networks.ts';
import { addPools, Weather } from './weather.ts';

const seconds = Number(process.env['STORM_SECONDS'] ?? 10);
const seed = Number(process.env['SEED'] ?? 7);
/** Namespaces that want what they have: nothing of theirs may change. */
const still = ['still-1', 'still-2', 'still-3', 'still-4'];
const poll = { timeout: 240_000, interval: 250 };
/** Milliseconds within which all are served once the storm is over, on a machine that has time for it. */
const servedWithin = 60_000;

// The leader is killed, stopped past its Lease or ended time and again, while namespaces and nodes change. What happens
// follows from the seed; at what the operators are then does not.
it.for(stormNetworks)(
  `a storm on $name, seed ${seed}: nothing doubled, nobody unbound, and everybody served once it is over`,
  { timeout: 600_000, ...unless(realServer.length === 0, noRealServer) },
  async (network, context) => {
    const cluster = await network.start('a real API server');
    const { objects, laws } = cluster;
    const replicas = new Replicas(objects, cluster.kubeconfig);
    const weather = new Weather(cluster, seededRandom(seed));
    let rages = true;
    let raging: Promise<void> = Promise.resolve();
    const hold = startTimeLimit();
    let milliseconds: number;
    try {
      await addPools(cluster, network.zones);
      for (const name of still) await objects.addNamespace(name);
      const staying = new Map(still.map((name) => [name, 'pool']));
      await expect.poll(() => isWhole(cluster, network, staying), poll).toBe(true);
      const had = await records(cluster, still);
      const watched = await watchBound(cluster, network, [...had.values()].flatMap(addressesIn));

      raging = (async () => {
        for (; rages; await wait(250)) await weather.happen();
      })();
      // What it throws is told where it is awaited.
      raging.catch(() => undefined);
      const random = seededRandom(seed + 1);
      let changes = 0;
      for (const end = Date.now() + seconds * 1_000; Date.now() < end; changes += 1)
        await replicas.changeLeader(changesOfLeader[changes % changesOfLeader.length] ?? 'SIGKILL', random);
      rages = false;
      await raging;
      await weather.clear();

      const over = performance.now();
      const claims = new Map([...staying, ...weather.claims]);
      await expect.poll(() => isWhole(cluster, network, claims), poll).toBe(true);
      milliseconds = Math.round(performance.now() - over);
      const all = [...(await records(cluster, claims.keys())).values()].flatMap(addressesIn);
      expect(all.filter((address, index) => all.indexOf(address) !== index)).toEqual([]);
      const check = () => runLive(cluster.kubeconfig, 'check', '--namespace', 'default');
      await expect.poll(async () => (await check()).code, poll).toBe(0);
      await expect.poll(() => writesWithin(cluster, 3_000), poll).toEqual([]);

      expect(await records(cluster, still)).toEqual(had);
      expect(watched.unbound).toEqual([]);
      expect(cluster.doubles).toEqual([]);
      expect(replicas.exceptions).toEqual([]);
      await expect.poll(() => violationsBeside(laws.violations(), weather.leavers), { timeout: 10_000 }).toEqual([]);
      await watched.stop();
      console.log(
        `${network.name}, seed ${seed}, ${seconds} s: ${changes} changes of the leader; ${claims.size} claims, all served after ${milliseconds} ms`,
      );
    } catch (error) {
      console.log(`${network.name}, seed ${seed}, ${seconds} s:\n${replicas.log}`);
      throw error;
    } finally {
      rages = false;
      await Promise.allSettled([raging]);
      await replicas.stop();
      await cluster.stop();
    }
    hold(context, milliseconds, servedWithin);
  },
);
