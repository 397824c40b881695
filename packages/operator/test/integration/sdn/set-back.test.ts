import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noRealServer, unless } from '../../../../../tools/testing/unless.ts';
import { realServer } from '../support/start-server.ts';
import { SdnCluster } from './sdn-cluster.ts';

const poll = { timeout: 60_000, interval: 200 };
const election = { leaderElect: true, leaseDuration: 6, renewDeadline: 4, retryPeriod: 1 };

// The sandbox has no etcd that could be set back.
describe.each([
  ['an hour ago', 300, election],
  ['so little that it soon comes past what was seen of it', 0, election],
  ['under an operator that needs no Lease', 30, {}],
])(
  'an API server that is set back to a backup: %s',
  unless(realServer.length === 0, noRealServer),
  (_, versions, options) => {
    let cluster: SdnCluster;
    const before = ['n1', 'n2', 'n3', 'n4'];
    const lost = ['lost-1', 'lost-2', 'lost-3'];
    const after = ['new-1', 'new-2', 'new-3'];

    beforeAll(async () => {
      cluster = await SdnCluster.start('a real API server');
      for (const number of [1, 2, 3]) await cluster.addNode(`a${number}`, 'a', `192.168.0.${number}`);
      await cluster.addPool('pool', [{ CIDR: '10.0.0.0/28', labelValue: 'a' }]);
    }, 120_000);
    afterAll(() => cluster.stop(), 60_000);

    const annotations = (names: readonly string[]) => Promise.all(names.map((name) => cluster.annotation(name)));

    it('gives no address twice, and everybody what they had at the time of the backup', async () => {
      cluster.run(options);
      for (const name of before) await cluster.addNamespace(name);
      await expect.poll(async () => (await cluster.bindings(before)).flat().length, poll).toBe(before.length);
      const had = await annotations(before);
      const restore = await cluster.server.envtest?.backUp();
      // Others get what two of them give back.
      for (const name of before.slice(0, 2)) await cluster.removeNamespace(name);
      await expect.poll(async () => Object.values(await cluster.hosted()).flat().length, poll).toBe(2);
      for (const name of lost) await cluster.addNamespace(name);
      await expect.poll(async () => (await cluster.bindings(lost)).flat().length, poll).toBe(lost.length);
      expect(await annotations(lost)).toContain(had[0]);
      for (let index = 0; index < versions; index++) await cluster.annotate('lost-1', { index: String(index) });
      await restore?.();
      // The network's master, here, begins anew as a restarted one does.
      cluster.server.rest.history.setBack();
      for (const name of after) await cluster.addNamespace(name);
      const everybody = [...before, ...after];
      await expect.poll(async () => Object.values(await cluster.hosted()).flat().length, poll).toBe(everybody.length);
      const have = await annotations(everybody);
      expect(have.slice(0, before.length)).toEqual(had);
      expect(new Set(have).size).toBe(everybody.length);
      expect(have).not.toContain(undefined);
      expect(
        Object.values(await cluster.hosted())
          .flat()
          .sort(),
      ).toEqual(have.toSorted());
      expect(await cluster.bindings(before)).toEqual(had.map((address) => [address]));
      // Nobody was judged by what others had in the lost history alone.
      expect(cluster.logged.filter((line) => /is taken back|DuplicateAddress|AddressInUse/.test(line))).toEqual([]);
    }, 240_000);
  },
);
