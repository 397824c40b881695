import { nodeNetworkUnavailable } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unless } from '../../../../tools/testing/unless.ts';
import { startAgentCluster, type AgentCluster } from './agent-cluster.ts';
import { busyReason, eventually } from './agent-machines.ts';
import { startTimeLimit } from './time-limit.ts';

const reason = nodeNetworkUnavailable() ?? (await busyReason());

describe('the interfaces of an egress node', unless(reason !== undefined, reason ?? ''), () => {
  let cluster: AgentCluster;
  const address = '198.51.100.101';

  beforeAll(async () => {
    cluster = await startAgentCluster({
      segments: ['dmz', 'spare'],
      linksOf: (name) => [
        { device: 'eth1', segment: 'dmz', addresses: [`198.51.100.${name === 'a' ? 11 : 12}/24`] },
        ...(name === 'a' ? [{ device: 'eth2', segment: 'spare', addresses: ['203.0.113.11/24'] }] : []),
      ],
    });
  }, 120_000);
  afterAll(() => cluster?.close());

  const ip = (...words: readonly string[]): Promise<string> => cluster.machine('a').run('ip', words);
  const heldOn = async (device: string): Promise<boolean> =>
    (await ip('-o', 'address', 'show', 'dev', device)).includes(` ${address}/32 `);
  const reported = async (): Promise<readonly string[]> =>
    (await cluster.node('a')).status.interfaces.map(({ name }) => name).sort();
  const state = async (): Promise<string | undefined> => (await cluster.node('a')).status.addresses[0]?.state;

  it('an address comes to the one whose subnet has it', async () => {
    expect(await cluster.attach(address, 'a')).toBe('done');
    expect(await heldOn('eth1')).toBe(true);
  }, 60_000);

  it("a subnet's own address and that for broadcast come to none", async () => {
    for (const kept of ['198.51.100.0', '198.51.100.255', '2001:db8::']) {
      expect(await cluster.attach(kept, 'a')).toMatch(/^permanent: node a cannot carry .* the own or the broadcast/);
      expect(await cluster.holders(kept)).toEqual([]);
      await cluster.provider.apply({
        changes: [{ type: 'detach', address: kept, node: { name: 'a' } }],
        signal: new AbortController().signal,
      });
    }
  }, 60_000);

  it('one that answers nobody for it gets none, and serves again once it does', async () => {
    const answers = (mode: string): Promise<string> =>
      cluster.machine('a').run('sysctl', ['-w', `net.ipv4.conf.eth1.arp_ignore=${mode}`]);
    await answers('3');
    await eventually('it is told', async () => (await state()) === 'NoInterface');
    expect(await heldOn('eth1')).toBe(false);
    const { interfaces, addresses } = (await cluster.node('a')).status;
    expect(interfaces.find(({ name }) => name === 'eth1')).toMatchObject({
      subnets: [],
      addresses: ['198.51.100.11'],
    });
    expect(addresses[0]?.message).toContain('beside eth1, where the kernel answers nobody for it');
    await answers('2');
    await eventually('it is back', async () => (await heldOn('eth1')) && (await state()) === 'Held');
  }, 60_000);

  it('one that gets another name takes its addresses along', async () => {
    await ip('link', 'set', 'eth1', 'name', 'dmz0').catch(async () => {
      // Before Linux 6.2 only one that is down gets another name.
      for (const words of ['eth1 down', 'eth1 name dmz0', 'dmz0 up']) await ip('link', 'set', ...words.split(' '));
      await eventually('it is back', async () => (await heldOn('dmz0')) && (await state()) === 'Held');
    });
    await eventually('it is told', async () => (await reported()).includes('dmz0'));
    // Past the lifetime of what was put there under the old name.
    for (const end = performance.now() + 7_000; performance.now() < end;)
      expect([await heldOn('dmz0'), await state()]).toEqual([true, 'Held']);
  }, 60_000);

  it('one whose plug is pulled holds nothing and is not offered, and serves again once it is put in', async () => {
    await cluster.network.setPlugged('a', 'eth1', false);
    await eventually('it is told', async () => (await state()) === 'NoInterface');
    expect([await heldOn('dmz0'), await reported()]).toEqual([false, ['eth0', 'eth2']]);
    await cluster.network.setPlugged('a', 'eth1', true);
    await eventually('it is back', async () => (await heldOn('dmz0')) && (await state()) === 'Held');
  }, 60_000);

  it('of two in one subnet the other serves at once, and says so to the network', async (context) => {
    const recorder = await cluster.network.record('spare');
    await ip('address', 'add', '198.51.100.13/24', 'dev', 'eth2');
    await eventually('it is told', async () =>
      (await cluster.node('a')).status.interfaces.some(({ subnets }) => subnets.length === 2),
    );
    await cluster.network.setPlugged('a', 'eth1', false);
    const hold = startTimeLimit();
    const milliseconds = await eventually('it is there', () => heldOn('eth2'));
    const mac = await cluster.machine('a').mac('eth2');
    await eventually('it is announced', () =>
      recorder.neighbourMessages.some(
        (one) => one.address === address && one.type === 'announcement' && one.mac === mac,
      ),
    );
    expect([await heldOn('dmz0'), (await cluster.node('a')).status.addresses[0]?.message]).toEqual([false, undefined]);
    await recorder.stop();
    hold(context, milliseconds, 1_500);
  }, 60_000);
});
