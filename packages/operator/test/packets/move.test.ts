import { nodeNetworkUnavailable, type Frame } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unless } from '../../../../tools/testing/unless.ts';
import { busyReason, eventually } from '../../../provider-agent/test/packets/agent-machines.ts';
import { startTimeLimit } from '../../../provider-agent/test/packets/time-limit.ts';
import { startFlow, type Flow } from './flow.ts';
import { gateways, startPacketCluster, type PacketCluster } from './packet-cluster.ts';
import { longestLoss } from './traffic.ts';

const reason = nodeNetworkUnavailable() ?? (await busyReason());
/** Cilium's agents look at most once a second: what rests longer is looked at at once. */
const rest = 1_500;

describe('packets of a namespace whose address moves', unless(reason !== undefined, reason ?? ''), () => {
  let cluster: PacketCluster;
  let flow: Flow;

  beforeAll(async () => {
    cluster = await startPacketCluster();
    flow = await startFlow(cluster);
  }, 120_000);
  afterAll(async () => {
    flow?.traffic.stop();
    flow?.operator.child.kill('SIGKILL');
    await cluster?.close();
  });

  /** Has something happen to the node that carries the address, and tells what that cost, once all is said. */
  const measure = async (what: string, happen: (node: string) => Promise<unknown>) => {
    const { traffic, address, holder, flows } = flow;
    const from = await holder();
    await traffic.connect();
    await wait(rest);
    const connections = await traffic.live();
    const wire = await cluster.network.record('lan', 'udp dst port 7');
    const macs = new Map(
      await Promise.all(gateways.map(async (name) => [await cluster.machine(name).mac('eth0'), name] as const)),
    );
    const start = Date.now();
    const hold = startTimeLimit();
    await happen(from);
    const sentByOther = ({ bytes }: Frame): boolean => {
      const by = macs.get(bytes.subarray(6, 12).toString('hex').replace(/..\B/g, '$&:'));
      return by !== undefined && by !== from;
    };
    await eventually('another node sends', () => wire.frames.some(sentByOther) && flows(), 30_000);
    const firstPacket = Math.round((wire.frames.find(sentByOther)?.at ?? NaN) - start);
    // Routers are told until then.
    await wait(7_000);
    await wire.stop();
    const packets = traffic.packets(start);
    const broken = connections - (await traffic.live());
    const loss = longestLoss(packets);
    console.log(
      `${what}, ${from} to ${await holder()}: first packet by the other node after ${firstPacket} ms, ${loss} ms lost, ${broken} of ${connections} connections broken`,
    );
    // By the right address, or not at all.
    expect(new Set(packets.flatMap(({ source }) => source ?? []))).toEqual(new Set([address]));
    expect(cluster.doubleAnswers([address])).toEqual([]);
    return { from, firstPacket, loss, broken, connections, hold };
  };

  it.for([1, 2, 3, 4])(
    'are lost for 50 ms at the most when the move is planned, and no connection breaks (%i)',
    { timeout: 60_000 },
    async (_, context) => {
      const { from, loss, broken, connections, hold } = await measure('planned move', (node) =>
        cluster.setLabel(node, 'zone', null),
      );
      await cluster.setLabel(from, 'zone', 'z');
      expect(connections).toBeGreaterThan(0);
      expect(broken).toBe(0);
      hold(context, loss, 50);
    },
  );

  it('leave by another node within a second after theirs is NotReady, as long as its agent answers', async (context) => {
    const { from, firstPacket, hold } = await measure('NotReady', (node) => cluster.setReady(node, 'False'));
    await cluster.setReady(from, 'True');
    hold(context, firstPacket, 1_000);
  }, 60_000);

  it('leave by another node within ten seconds after the power of theirs went', async (context) => {
    const { firstPacket, hold } = await measure('power-off', (node) => cluster.powerOff(node));
    hold(context, firstPacket, 10_000);
  }, 60_000);
});
