import { nodeNetworkUnavailable } from '@egressip-ipam/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { unless } from '../../../../tools/testing/unless.ts';
import { startAgentCluster, type AgentCluster } from './agent-cluster.ts';
import { busyReason, during, eventually } from './agent-machines.ts';
import { expectTakeover } from './takeover.ts';

const reason = nodeNetworkUnavailable() ?? (await busyReason());
const term = 6_000;
const minute = 60_000;
/** By node, in minutes: how far its clock is ahead, and how much further it is set with each SIGUSR2, by turns. */
const clocks: Readonly<Record<string, { readonly ahead: number; readonly jumps: readonly number[] }>> = {
  a: { ahead: 10, jumps: [-25, 40] },
  b: { ahead: -10, jumps: [] },
  c: { ahead: 0, jumps: [20, -45] },
};

/** What an agent loads first: another time of day, and no other monotonic time, as when a person sets the clock. */
function wrongClock(node: string): string {
  const { ahead = 0, jumps = [] } = clocks[node] ?? {};
  const source = `
    const RightDate = Date;
    const jumps = ${JSON.stringify(jumps)};
    let ahead = ${ahead * minute};
    globalThis.Date = class extends RightDate {
      static now = () => RightDate.now() + ahead;
      constructor(...parts) {
        super(...(parts.length === 0 ? [RightDate.now() + ahead] : parts));
      }
    };
    process.on('SIGUSR2', () => void (ahead += (jumps.shift() ?? 0) * ${minute}));`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

describe('agents whose clocks are wrong', unless(reason !== undefined, reason ?? ''), () => {
  let cluster: AgentCluster;
  const address = '192.0.2.101';

  beforeAll(async () => {
    cluster = await startAgentCluster({ term: term / 1000, preloadOf: wrongClock });
    cluster.keepAsking([address]);
  }, 90_000);
  afterEach(() => expect(cluster.doubleAnswers([address])).toEqual([]));
  afterAll(() => cluster?.close());

  /** By what an agent logs, in minutes: how far its clock is ahead. */
  const aheadBy = (node: string): number => {
    const { time = '' } = JSON.parse(cluster.log(node).at(-1) ?? '{}') as { readonly time?: string };
    return Math.round((Date.parse(time) - Date.now()) / minute);
  };
  const sinceOf = async (node: string): Promise<string | undefined> =>
    (await cluster.node(node)).status.addresses.find((result) => result.address === address)?.since;
  const stays = (node: string, milliseconds: number): Promise<void> =>
    during(milliseconds, async () => expect(await cluster.holders(address)).toEqual([node]));

  it('carry addresses and hand them over, whatever the time of day is on either side', async () => {
    expect(await cluster.attach(address, 'a')).toBe('done');
    expect(['a', 'b'].map(aheadBy)).toEqual([10, -10]);
    expect(Math.round((Date.parse((await sinceOf('a')) ?? '') - Date.now()) / minute)).toBe(10);
    expect(await cluster.move(address, 'a', 'b')).toBe('done');
    expect(await cluster.move(address, 'b', 'c')).toBe('done');
    await stays('c', term / 2);
  }, 60_000);

  it('keep what they carry when their clock is set, to whatever side, also while the API server is away, and since when', async () => {
    const since = await sinceOf('c');
    for (let jump = 0; jump < 2; jump += 1) {
      await cluster.pauseServer(true);
      cluster.agent('c').kill('SIGUSR2');
      await stays('c', 1.5 * term);
      await cluster.pauseServer(false);
      await stays('c', term / 2);
      expect(await sinceOf('c')).toBe(since);
    }
    expect(since).toMatch(/^\d{4}-/);
  }, 60_000);

  it.each(['behind', 'ahead'])(
    'leave a node that is cut off within its term, its clock being set %s meanwhile',
    async () => {
      const [holder = ''] = await cluster.holders(address);
      expect(await cluster.move(address, holder, 'a')).toBe('done');
      await cluster.setCuts(['api', 'b', 'c'].map((other) => ['a', other] as const));
      cluster.agent('a').kill('SIGUSR2');
      const isOff = async (): Promise<boolean> => (await cluster.holders(address)).length === 0;
      await eventually('its node lets go', isOff, term + 2_000);
      expect(await cluster.move(address, 'a', 'b')).toBe('done');
      expect(await cluster.holders(address)).toEqual(['b']);
      await cluster.setCuts([]);
      await stays('b', term / 2);
    },
    60_000,
  );

  it('lose it to another node within ten seconds after a power-off', async (context) => {
    expect(await cluster.move(address, 'b', 'c')).toBe('done');
    await expectTakeover(cluster, context, { address, from: 'c', to: 'b' });
  }, 60_000);
});
