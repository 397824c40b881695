import { nodeNetworkUnavailable, type Machine } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unless } from '../../../../tools/testing/unless.ts';
import { startAgentCluster, type AgentCluster } from './agent-cluster.ts';
import { busyReason, eventually } from './agent-machines.ts';

const reason = nodeNetworkUnavailable() ?? (await busyReason());

/** As people make a bridge over a NIC that has its address already, which they forget there. */
const bridgeWithLeftover = [
  'link add br0 type bridge forward_delay 0',
  'link set eth1 master br0',
  'link set br0 up',
  'addr add 198.51.100.11/24 dev br0',
  'addr add 2001:db8:1::11/64 dev br0 nodad',
  'addr add 198.51.100.11/24 dev eth1',
].join('\n');

describe('a node with a bridge over its NIC', unless(reason !== undefined, reason ?? ''), () => {
  let cluster: AgentCluster;
  const [address, version6, taken] = ['198.51.100.101', '2001:db8:1::101', '198.51.100.150'];

  beforeAll(async () => {
    cluster = await startAgentCluster({
      names: ['a', 'b'],
      segments: ['dmz'],
      linksOf: (name) => [
        { device: 'eth1', segment: 'dmz', addresses: name === 'a' ? [] : ['198.51.100.12/24', '2001:db8:1::12/64'] },
      ],
      prepare: async (machine: Machine) => {
        if (machine.name === 'a') await machine.run('ip', ['-batch', '-'], bridgeWithLeftover);
      },
    });
  }, 120_000);
  afterAll(() => cluster?.close());

  const ip = (...words: readonly string[]): Promise<string> => cluster.machine('a').run('ip', words);
  const on = async (device: string): Promise<readonly string[]> => {
    const shown = await ip('-o', 'address', 'show', 'dev', device);
    return [address, version6, taken].filter((one) => new RegExp(` ${one}/(32|128) `).test(shown));
  };
  /** What the port of the bridge has; the kernel may be about to take an address of its own for good. */
  const portHas = async (): Promise<string> =>
    (await ip('-o', 'address', 'show', 'dev', 'eth1')).replaceAll(' tentative', '');
  const states = async (): Promise<readonly string[]> =>
    (await cluster.node('a')).status.addresses.map(({ address: one, state }) => `${one} ${state}`);

  it('has addresses on the bridge, in both families, and announces them there; its port is left alone', async () => {
    const recorder = await cluster.network.record('dmz');
    const before = await portHas();
    expect(await cluster.attach(address, 'a')).toBe('done');
    expect(await cluster.attach(version6, 'a')).toBe('done');
    expect(await on('br0')).toEqual([address, version6]);
    const mac = await cluster.machine('a').mac('br0');
    for (const one of [address, version6])
      await eventually('it is announced', () =>
        recorder.neighbourMessages.some((each) => each.address === one && each.type !== 'question' && each.mac === mac),
      );
    await recorder.stop();
    expect(await portHas()).toBe(before);
    expect((await cluster.node('a')).status.interfaces.map(({ name }) => name)).toEqual(['eth0', 'br0']);
  }, 60_000);

  it('hears what answers there: an address that somebody has is not used', async () => {
    await cluster.machine('b').run('ip', ['address', 'add', `${taken}/32`, 'dev', 'eth1']);
    expect(await cluster.attach(taken, 'a')).toMatch(/answers for 198\.51\.100\.150/);
    expect(await on('br0')).toEqual([address, version6]);
  }, 60_000);

  it('has them back when the bridge was down, and when it was deleted and made anew', async () => {
    await ip('link', 'set', 'br0', 'down');
    await eventually('it is told', async () => (await states()).every((state) => state.endsWith(' NoInterface')));
    expect(await on('br0')).toEqual([]);
    // What the kernel takes with the link comes back by whoever configures the node.
    await cluster
      .machine('a')
      .run('ip', ['-batch', '-'], 'link set br0 up\naddr replace 2001:db8:1::11/64 dev br0 nodad\n');
    const all = [`${address} Held`, `${version6} Held`];
    await eventually('they are back', async () => String(await states()) === String(all));
    await ip('link', 'del', 'br0');
    // The NIC speaks for itself again, by the address that was left on it, and has none of the other family.
    await eventually('it is told', async () => String(await states()) === `${address} Held,${version6} NoInterface`);
    expect(await on('eth1')).toEqual([address]);
    await cluster.machine('a').run('ip', ['-batch', '-'], `${bridgeWithLeftover.split('\n').slice(0, 5).join('\n')}\n`);
    await eventually('they are back', async () => String(await states()) === String(all), 30_000);
    expect(await on('br0')).toEqual([address, version6]);
    expect(await on('eth1')).toEqual([]);
  }, 120_000);
});
