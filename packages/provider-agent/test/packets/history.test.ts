import { nodeNetworkUnavailable, seededRandom } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unless } from '../../../../tools/testing/unless.ts';
import { createAgentProvider } from '../../src/create-agent-provider.ts';
import { startAgentCluster, type AgentCluster } from './agent-cluster.ts';
import { busyReason, eventually, namespace } from './agent-machines.ts';
import { chanceBy, randomCuts, watchHolders } from './histories.ts';

const reason = nodeNetworkUnavailable() ?? (await busyReason());
const names = ['a', 'b', 'c', 'd', 'e'];
const addresses = ['192.0.2.101', '192.0.2.102', '192.0.2.103', '192.0.2.104'];
const term = 3;
/** How long it lasts, in seconds, and which history it is. */
const [lasts, seed] = [Number(process.env['HISTORY_SECONDS'] ?? 30), Number(process.env['SEED'] ?? 7)];

describe('in a history of everything that happens to machines', unless(reason !== undefined, reason ?? ''), () => {
  let cluster: AgentCluster;
  const chance = chanceBy(seededRandom(seed));
  const { random, oneOf } = chance;
  const off = new Set<string>();
  const stopped = new Set<string>();
  const told: string[] = [];

  beforeAll(async () => {
    cluster = await startAgentCluster({ names, term });
    cluster.keepAsking(addresses, 0.05);
  }, 90_000);
  afterAll(() => cluster?.close());

  /** Machines whose kernel has an address. One without power has none. */
  const holdersOf = (address: string): readonly string[] =>
    names.filter((name) => !off.has(name) && cluster.kernelOf(name).has(address));

  const stop = (name: string): void => {
    stopped.add(name);
    cluster.agent(name).kill('SIGSTOP');
  };
  const goOn = (name: string): void => {
    if (stopped.delete(name)) cluster.agent(name).kill('SIGCONT');
  };
  const kill = (name: string): void => {
    goOn(name);
    cluster.agent(name).kill('SIGKILL');
  };
  const powerOn = async (name: string): Promise<void> => {
    await cluster.startMachine(name);
    cluster.startAgent(name);
    off.delete(name);
  };
  it(
    'no two have one address, and all is served once that is over',
    async () => {
      let provider = cluster.provider;
      let isOver = false;
      let moves = 0;
      const endWatch = watchHolders(addresses, holdersOf, () => told.slice(-12).join(', '));

      /** As the operator does: what was begun is asked for until it is done, before anything else is. */
      const keepMoving = async (address: string): Promise<string> => {
        let at: string | undefined;
        while (!isOver) {
          const node = oneOf(names.filter((name) => name !== at));
          const change =
            at === undefined
              ? ({ type: 'attach', address, node: { name: node } } as const)
              : ({ type: 'move', address, from: { name: at }, node: { name: node } } as const);
          for (let isDone = false; !isDone;) {
            const signal = AbortSignal.timeout(10_000);
            const [result] = await provider.apply({ changes: [change], signal }).catch(() => []);
            isDone = result?.outcome === 'done';
            if (!isDone) await wait(200);
          }
          at = node;
          moves += 1;
          await wait(random() * 2_000);
        }
        return at ?? 'nowhere';
      };
      const moving = addresses.map(keepMoving);

      const happenings: Readonly<Record<string, (name: string) => void | Promise<void>>> = {
        stop: (name) => (off.has(name) || stopped.size > 0 ? undefined : stop(name)),
        goOn,
        restart: async (name) => {
          if (off.has(name)) return;
          kill(name);
          await wait(random() * 1_000);
          cluster.startAgent(name);
        },
        power: async (name) => {
          if (off.has(name)) return powerOn(name);
          if (off.size > 0) return;
          off.add(name);
          stopped.delete(name);
          await cluster.network.powerOff(name);
        },
        operator: async () => {
          await provider.close?.();
          provider = createAgentProvider({ rest: cluster.rest, namespace });
        },
      };
      const end = performance.now() + lasts * 1_000;
      // Some last longer than it takes to give an address to somebody else.
      const cutting = (async () => {
        for (; performance.now() < end; await wait(random() * 4_000 * term)) {
          const cuts = randomCuts(names, chance);
          told.push(`cuts ${cuts.map((cut) => cut.join('-')).join(' ')}`);
          await cluster.setCuts(cuts);
        }
      })();
      for (; performance.now() < end; await wait(random() * 2_000)) {
        const [happening, name] = [oneOf(Object.keys(happenings)), oneOf(names)];
        told.push(`${happening} ${name}`);
        await happenings[happening]?.(name);
      }
      await cutting;
      await cluster.setCuts([]);
      for (const name of [...off]) await powerOn(name);
      for (const name of [...stopped]) goOn(name);
      isOver = true;
      const ends = await Promise.all(moving);
      await eventually('each is where it is to be', () =>
        addresses.every((address, index) => holdersOf(address).join() === ends[index]),
      );
      const doubles = endWatch();
      await provider.close?.();
      console.log(`${told.length} happenings, ${moves} moves, history ${seed}`);
      expect(doubles).toEqual([]);
      expect(cluster.doubleAnswers(addresses)).toEqual([]);
      expect(moves).toBeGreaterThanOrEqual(addresses.length);
    },
    (lasts + 150) * 1_000,
  );
});
