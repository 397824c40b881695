import { nodeNetworkUnavailable, seededRandom } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unless } from '../../../../tools/testing/unless.ts';
import { busyReason, eventually } from '../../../provider-agent/test/packets/agent-machines.ts';
import { runLive, type OperatorProcess } from '../integration/support/operator-process.ts';
import { gateways, outside, startPacketCluster, type PacketCluster } from './packet-cluster.ts';
import type { Traffic } from './traffic.ts';

const kills = Number(process.env['CRASHES'] ?? 6);
const reason = nodeNetworkUnavailable() ?? (await busyReason());
/** As many namespaces as are there at a time; all addresses of the pool. */
const most = 12;
const pool = Array.from({ length: 32 }, (_, index) => `192.0.2.${128 + index}`);

describe('kill -9 of operator and agents', unless(reason !== undefined, reason ?? ''), () => {
  let cluster: PacketCluster;
  let traffic: Traffic;

  beforeAll(async () => {
    cluster = await startPacketCluster();
  }, 120_000);
  afterAll(async () => {
    traffic?.stop();
    await cluster?.close();
  });

  // Each time both are killed right before or right after a write of one of them, while addresses come, go and move.
  it(
    `at ${kills} points at once: nothing lost, nothing doubled, never two nodes for one address, and all of it converges`,
    async () => {
      const random = seededRandom(Number(process.env['SEED'] ?? 5));
      const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
      const names: string[] = ['shop'];
      const promised = new Map<string, string>();
      let [onWrite, unready] = [0, ''];
      let down = '';

      const operators: OperatorProcess[] = [];
      const startOperator = (): OperatorProcess => {
        const operator = cluster.startOperator();
        operators.push(operator);
        return operator;
      };
      /** What operators and agents said of an address. */
      const told = (address: string): string =>
        [
          ...operators.flatMap(({ lines }) => ['operator starts', ...lines]),
          ...gateways.flatMap((name) => cluster.log(name).map((line) => `${name}: ${line}`)),
        ]
          .filter((line) => line === 'operator starts' || line.includes(address))
          .join('\n');

      const readAllocations = async (): Promise<void> => {
        const now = await cluster.allocations();
        const all = [...now.values()];
        expect(all.filter((address, index) => all.indexOf(address) !== index)).toEqual([]);
        for (const [name, address] of now) {
          const was = promised.get(name) ?? address;
          expect(address, `${name} had ${was}; ${told(was)}`).toBe(was);
          promised.set(name, address);
        }
        expect(names.filter((name) => promised.has(name) && !now.has(name))).toEqual([]);
      };

      const first = startOperator();
      await cluster.addNamespace('shop');
      await eventually(
        () => `shop has an address; the operator said ${first.lines.join('\n')}`,
        async () => (await cluster.allocations()).has('shop'),
        60_000,
      );
      await readAllocations();
      const shop = promised.get('shop') ?? '';
      const pod = await cluster.addPod('shop');
      // A flow that began before would go on by the address of its node.
      await eventually(
        'its policy is in force',
        () => cluster.cilium.traffic(pod.name, outside).kind === 'egress',
        60_000,
      );
      await wait(500);
      traffic = cluster.startTraffic(pod);
      await eventually('its packets leave by it', () => traffic.packets(Date.now() - 500).at(-1)?.source === shop);
      const began = Date.now();
      cluster.keepAsking(pool, 0.25);
      first.child.kill('SIGKILL');
      await first.ended;

      for (let kill = 0; kill < kills; kill += 1) {
        // The agent that was killed comes back, now and then only after its time is over.
        if (down !== '' && (kill % 7 !== 0 || gateways.length < 3)) {
          cluster.startAgent(down);
          down = '';
        }
        const when = random() < 0.5 ? 'before' : 'after';
        const proxy = random() < 0.6 ? cluster.operatorProxy : cluster.agentProxy;
        const before = proxy.counts().drop;
        const forget = proxy.add({
          fault: { kind: 'drop', when },
          method: proxy === cluster.operatorProxy ? pick(['PATCH', 'PUT', 'PUT', 'DELETE']) : pick(['PATCH', 'PUT']),
          skip: Math.floor(random() * 5),
          times: 1,
        });
        const operator = startOperator();
        const name = `n${kill}`;
        names.push(name);
        await cluster.addNamespace(name);
        if (names.length > most) {
          const [leaving = ''] = names.splice(1, 1);
          promised.delete(leaving);
          await cluster.removeNamespace(leaving);
        }
        if (unready !== '') await cluster.setReady(unready, 'True');
        unready = unready === '' || random() < 0.3 ? pick(gateways) : '';
        if (unready !== '') await cluster.setReady(unready, 'False');
        for (const end = Date.now() + 3_500 + random() * 1_000; Date.now() < end && proxy.counts().drop === before;)
          await wait(2);
        onWrite += proxy.counts().drop > before ? 1 : 0;
        const victim = down === '' ? pick(gateways) : down;
        operator.child.kill('SIGKILL');
        cluster.agent(victim).kill('SIGKILL');
        down = victim;
        await operator.ended;
        forget();
        await readAllocations();
        expect(cluster.doubleAnswers(pool)).toEqual([]);
      }

      if (down !== '') cluster.startAgent(down);
      for (const node of gateways) await cluster.setReady(node, 'True');
      const last = startOperator();
      await eventually(
        () =>
          `every namespace has an address on one node, where its policy sends it; the operator said ${last.lines.slice(-20).join('\n')}`,
        async () => {
          const [allocations, policies] = [await cluster.allocations(), await cluster.policies()];
          const held = await Promise.all(
            [...allocations.values()].map(
              async (address) => (await cluster.holders(address)).join() === policies.get(address),
            ),
          );
          return allocations.size === names.length && policies.size === names.length && held.every(Boolean);
        },
        90_000,
      );
      await readAllocations();
      const free = pool.filter((one) => ![...promised.values()].includes(one));
      const left = (): readonly string[] =>
        free.filter((address) => gateways.some((name) => cluster.kernelOf(name).has(address)));
      await eventually(
        () =>
          `what was given back is on no node, but ${left()
            .map((address) => `${address}:\n${told(address)}`)
            .join('\n')}`,
        () => left().length === 0,
        30_000,
      );
      expect(cluster.doubleAnswers(pool)).toEqual([]);
      await eventually('its packets flow', () => traffic.packets(Date.now() - 500).at(-1)?.source === shop);
      const packets = traffic.packets(began);
      // By the right address, or not at all.
      expect(new Set(packets.flatMap(({ source }) => source ?? []))).toEqual(new Set([shop]));
      await expect
        .poll(async () => (await runLive(cluster.kubeconfig, 'check')).code, { timeout: 30_000, interval: 500 })
        .toBe(0);
      last.child.kill('SIGTERM');
      expect(await last.ended).toBe(0);
      const asked = cluster.recorder.neighbourMessages.filter(({ type }) => type === 'answer').length;
      console.log(
        `${kills} kills, ${onWrite} of them at a write: ${names.length} namespaces as promised, ${asked} answers on the wire and none of them doubled, ${packets.filter(({ source }) => source !== undefined).length} of ${packets.length} packets answered`,
      );
    },
    120_000 + kills * 12_000,
  );
});
