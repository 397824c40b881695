import { nodeNetworkUnavailable, type Cut } from '@egressip-ipam/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAgentCluster, type AgentCluster } from './agent-cluster.ts';
import { busyReason, during, eventually } from './agent-machines.ts';
import { expectTakeover } from './takeover.ts';

const reason = nodeNetworkUnavailable() ?? (await busyReason());
const term = 6_000;
/** How long the API server is away. */
const away = process.env['AWAY_SECONDS'] === undefined ? 2.5 * term : 1_000 * Number(process.env['AWAY_SECONDS']);

describe.skipIf(reason !== undefined)(
  `an address whose node fails${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let cluster: AgentCluster;
    const address = '192.0.2.101';

    beforeAll(async () => {
      cluster = await startAgentCluster({ term: term / 1000 });
      cluster.keepAsking([address]);
    });
    afterEach(() => expect(cluster.doubleAnswers([address])).toEqual([]));
    afterAll(() => cluster?.close());

    /** Puts the address on a node, whoever has it. */
    const place = async (node: string): Promise<void> => {
      const [holder] = await cluster.holders(address);
      if (holder === node) return;
      expect(
        holder === undefined ? await cluster.attach(address, node) : await cluster.move(address, holder, node),
      ).toBe('done');
    };

    it(
      'stays for as long as the API server is away for everybody',
      async () => {
        await place('a');
        await cluster.pauseServer(true);
        await during(away, async () => expect(await cluster.holders(address)).toEqual(['a']));
        await cluster.pauseServer(false);
        await during(term, async () => expect(await cluster.holders(address)).toEqual(['a']));
      },
      away + 60_000,
    );

    it.each<[string, () => Promise<unknown>]>([
      [
        'its agent is killed and starts again',
        async () => {
          cluster.agent('a').kill('SIGKILL');
          cluster.startAgent('a');
        },
      ],
      [
        'its plug is pulled and put in again',
        async () => {
          await cluster.network.setPlugged('a', 'eth0', false);
          await eventually('it is let go', async () => (await cluster.holders(address)).length === 0);
          await cluster.network.setPlugged('a', 'eth0', true);
          await eventually('it is back', async () => (await cluster.holders(address)).includes('a'));
        },
      ],
    ])(
      'stays while the API server is away, though %s',
      async (_, happen) => {
        await place('a');
        await cluster.pauseServer(true);
        // Majorities alone hold it by now.
        await during(term, async () => expect(await cluster.holders(address)).toEqual(['a']));
        await happen();
        await during(2 * term, async () => expect(await cluster.holders(address)).toEqual(['a']));
        await cluster.pauseServer(false);
        await during(term, async () => expect(await cluster.holders(address)).toEqual(['a']));
      },
      90_000,
    );

    it('stays while its node is cut off from its peers alone', async () => {
      await place('a');
      await cluster.setCuts([
        ['a', 'b'],
        ['a', 'c'],
      ]);
      await during(1.5 * term, async () => expect(await cluster.holders(address)).toEqual(['a']));
      await cluster.setCuts([]);
    }, 60_000);

    it.each<[string, readonly Cut[]]>([
      ['the API server alone', [['a', 'api']]],
      [
        'everybody',
        [
          ['a', 'api'],
          ['a', 'b'],
          ['a', 'c'],
        ],
      ],
    ])(
      'leaves a node that is cut off from %s, and comes to another',
      async (_, cuts) => {
        await place('a');
        await cluster.setCuts(cuts);
        expect(await cluster.move(address, 'a', 'b')).toBe('done');
        expect(await cluster.holders(address)).toEqual(['b']);
        await cluster.setCuts([]);
        await during(term / 2, async () => expect(await cluster.holders(address)).toEqual(['b']));
      },
      60_000,
    );

    it('stays with a majority that is cut off from the API server and the rest', async () => {
      await place('b');
      await cluster.setCuts([
        ['a', 'b'],
        ['a', 'c'],
        ['b', 'api'],
        ['c', 'api'],
      ]);
      const moving = cluster.move(address, 'b', 'a');
      await during(2 * term, async () => expect(await cluster.holders(address)).toEqual(['b']));
      await cluster.setCuts([]);
      // Once its node can be asked again, it lets go, and the move goes on.
      expect(await moving).toBe('done');
      expect(await cluster.holders(address)).toEqual(['a']);
    }, 60_000);

    it('leaves a node whose agent stands still, by the kernel alone, and never returns when it goes on', async () => {
      await place('a');
      cluster.agent('a').kill('SIGSTOP');
      await eventually(
        'the kernel takes it off',
        async () => (await cluster.holders(address)).length === 0,
        term + 2_000,
      );
      expect(await cluster.move(address, 'a', 'b')).toBe('done');
      cluster.agent('a').kill('SIGCONT');
      await during(term / 2, async () => expect(await cluster.holders(address)).toEqual(['b']));
    }, 60_000);

    it('comes to another node within ten seconds after a power-off', async (context) => {
      await place('c');
      await expectTakeover(cluster, context, { address, from: 'c', to: 'b' });
    }, 60_000);
  },
);
