import { nodeNetworkUnavailable, seededRandom, type Machine } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unless } from '../../../../tools/testing/unless.ts';
import { busyReason, eventually } from '../../../provider-agent/test/packets/agent-machines.ts';
import { chanceBy, randomCuts, watchHolders } from '../../../provider-agent/test/packets/histories.ts';
import type { OperatorProcess } from '../integration/support/operator-process.ts';
import { gateways, outside, startPacketCluster, type PacketCluster } from './packet-cluster.ts';
import type { Traffic } from './traffic.ts';

const reason = nodeNetworkUnavailable() ?? (await busyReason());
const term = 3;
/** Namespaces that are there at a time; each is deleted now and then, and another one takes its place. */
const slots = 3;
const pool = Array.from({ length: 32 }, (_, index) => `192.0.2.${128 + index}`);
/** How long it lasts, in seconds, and which history it is. */
const [lasts, seed] = [Number(process.env['HISTORY_SECONDS'] ?? 30), Number(process.env['SEED'] ?? 7)];

/** Milliseconds within which all is served once nothing happens any more. */
const patience = lasts * 1_000 + 60_000;

/** A namespace with a pod that sends. */
interface Tenant {
  readonly namespace: string;
  readonly address: string;
  readonly pod: Machine;
  readonly traffic: Traffic;
}

describe('in a history of everything that happens to a cluster', unless(reason !== undefined, reason ?? ''), () => {
  let cluster: PacketCluster;
  let operator: OperatorProcess;
  const chance = chanceBy(seededRandom(seed));
  const { random, oneOf } = chance;
  const off = new Set<string>();
  const tenants = new Map<number, Tenant>();
  const told: string[] = [];
  const operatorLines: string[] = [];
  let [made, isOver] = [0, false];

  const startOperator = (): void => {
    if (operator !== undefined) operatorLines.push(...operator.lines);
    operator = cluster.startOperator();
  };
  /** The last of what happened, and what operators and agents said of an address. */
  const history = (address: string): string =>
    [
      ...told.slice(-15),
      ...[...operatorLines, ...operator.lines].filter((line) => line.includes(address)).slice(-20),
      ...gateways.flatMap((name) =>
        cluster
          .log(name)
          .filter((line) => line.includes(address) || line.includes('no address is held'))
          .slice(-20)
          .map((line) => `${name}: ${line}`),
      ),
    ].join('\n');

  beforeAll(async () => {
    cluster = await startPacketCluster({ term });
    cluster.keepAsking(pool, 0.25);
    startOperator();
  }, 120_000);
  afterAll(async () => {
    for (const { traffic } of tenants.values()) traffic.stop();
    operator?.child.kill('SIGKILL');
    await cluster?.close();
  });

  /** A namespace gets its address, and its pod sends once its policy is in force. */
  const settle = async (): Promise<Tenant> => {
    const namespace = `n${++made}`;
    await cluster.addNamespace(namespace);
    let address = '';
    const isAllocated = async (): Promise<boolean> => {
      address = (await cluster.allocations()).get(namespace) ?? '';
      return address !== '';
    };
    await eventually(() => `${namespace} has an address: ${history(namespace)}`, isAllocated, patience);
    const pod = await cluster.addPod(namespace);
    const isBound = (): boolean => cluster.cilium.traffic(pod.name, outside).kind === 'egress';
    await eventually(() => `the policy of ${address} is in force: ${history(address)}`, isBound, patience);
    // Maps are written; rules of kernels follow.
    await wait(500);
    return { namespace, address, pod, traffic: cluster.startTraffic(pod) };
  };

  const expectRightSource = ({ address, traffic }: Tenant): void => {
    // By the right address, or not at all.
    const sources = new Set(traffic.packets().flatMap(({ source }) => source ?? []));
    expect(
      [...sources].filter((source) => source !== address),
      history(address),
    ).toEqual([]);
  };

  const leave = async (tenant: Tenant): Promise<void> => {
    tenant.traffic.stop();
    expectRightSource(tenant);
    cluster.cilium.removePod(tenant.pod.name);
    await cluster.removeNamespace(tenant.namespace);
  };

  const keepServing = async (slot: number): Promise<void> => {
    while (!isOver) {
      const tenant = await settle();
      tenants.set(slot, tenant);
      told.push(`${tenant.namespace} has ${tenant.address}`);
      for (const end = Date.now() + 10_000 + random() * 30_000; Date.now() < end && !isOver;) await wait(250);
      if (isOver) return;
      tenants.delete(slot);
      told.push(`${tenant.namespace} goes`);
      await leave(tenant);
    }
  };

  /** What is going on with a node, its agent or the operator: one thing at a time, each of which comes to an end. */
  const underWay = new Map<string, Promise<void>>();
  /** One at a time: where most stand still nothing moves. */
  let standing = 0;
  const agentStops = async (name: string): Promise<void> => {
    if (standing > 0) return;
    standing += 1;
    cluster.agent(name).kill('SIGSTOP');
    // Often for longer than it takes another node to have what it had.
    await wait(random() * 6_000 * term);
    cluster.agent(name).kill('SIGCONT');
    standing -= 1;
  };
  const agentIsKilled = async (name: string): Promise<void> => {
    cluster.agent(name).kill('SIGKILL');
    await wait(random() * 1_000 * term);
    cluster.startAgent(name);
  };
  /** The next life has another term, and does not know what the former had. */
  const agentForgets = async (name: string): Promise<void> => {
    cluster.agent(name).kill('SIGKILL');
    cluster.forget(name);
    cluster.startAgent(name, '--term', oneOf(['3', '4', '6']));
    await wait(random() * 1_000 * term);
  };
  const powerGoes = async (name: string): Promise<void> => {
    off.add(name);
    await cluster.powerOff(name);
    await wait(random() * 6_000 * term);
    await cluster.powerOn(name);
    off.delete(name);
  };
  const isNotReady = async (name: string): Promise<void> => {
    await cluster.setReady(name, oneOf(['False', 'Unknown']));
    await wait(random() * 3_000 * term);
    await cluster.setReady(name, 'True');
  };
  /** A move that is planned. */
  const losesLabel = async (name: string): Promise<void> => {
    await cluster.setLabel(name, 'zone', null);
    await wait(random() * 3_000 * term);
    await cluster.setLabel(name, 'zone', 'z');
  };
  const operatorIsKilled = async (): Promise<void> => {
    operator.child.kill('SIGKILL');
    await operator.ended;
    await wait(random() * 1_000);
    startOperator();
  };
  const operatorStops = async (): Promise<void> => {
    operator.child.kill('SIGSTOP');
    await wait(random() * 3_000 * term);
    operator.child.kill('SIGCONT');
  };
  const serverFreezes = async (): Promise<void> => {
    cluster.operatorProxy.freeze();
    await wait(random() * 3_000 * term);
    cluster.operatorProxy.release();
  };
  const happen = (what: (name: string) => Promise<void>, subject: string): void => {
    if (underWay.has(subject)) return;
    told.push(`${what.name} ${subject}`);
    underWay.set(
      subject,
      what(subject.replace('node ', '')).finally(() => underWay.delete(subject)),
    );
  };
  const somethingHappens = (): void => {
    const name = oneOf(gateways);
    const isPower = random() < 0.2 && off.size === 0;
    oneOf([
      () => happen(isPower ? powerGoes : agentStops, name),
      () => happen(oneOf([agentIsKilled, agentIsKilled, agentForgets]), name),
      () => happen(isNotReady, `node ${name}`),
      () => happen(losesLabel, `node ${name}`),
      () => happen(operatorIsKilled, 'operator'),
      () => happen(operatorStops, 'operator'),
      () => happen(serverFreezes, 'operator'),
      () => {
        happen(operatorIsKilled, 'operator');
        happen(agentIsKilled, name);
      },
    ])();
  };

  it(
    'packets leave by their address or not at all, no two nodes have one, and all is served once that is over',
    async () => {
      const holdersOf = (address: string): readonly string[] =>
        gateways.filter((name) => !off.has(name) && cluster.kernelOf(name).has(address));
      const endWatch = watchHolders(pool, holdersOf, () => told.slice(-12).join(', '));
      const serving = Array.from({ length: slots }, (_, slot) => keepServing(slot));
      const end = Date.now() + lasts * 1_000;
      const cutting = (async () => {
        for (; Date.now() < end; await wait(random() * 4_000 * term)) {
          const cuts = randomCuts(gateways, chance);
          told.push(`cuts ${cuts.map((cut) => cut.join('-')).join(' ')}`);
          await cluster.network.setCuts(cuts);
        }
      })();
      for (; Date.now() < end; await wait(random() * 2_500)) somethingHappens();
      await cutting;
      await cluster.network.setCuts([]);
      await Promise.all(underWay.values());
      isOver = true;
      await Promise.all(serving);

      const isServed = async ({ address, namespace, traffic }: Tenant): Promise<boolean> => {
        const [holders, policies] = [await cluster.holders(address), await cluster.policies()];
        return (
          (await cluster.allocations()).get(namespace) === address &&
          holders.join() === policies.get(address) &&
          traffic.packets(Date.now() - 500).at(-1)?.source === address
        );
      };
      for (const tenant of tenants.values())
        await eventually(
          () => `${tenant.address} is served: ${history(tenant.address)}`,
          () => isServed(tenant),
          60_000,
        );
      const given = [...tenants.values()].map(({ address }) => address);
      const left = (): readonly string[] =>
        pool.filter((address) => !given.includes(address) && holdersOf(address).length > 0);
      await eventually(
        () => `what was given back is on no node: ${left().map(history).join('\n')}`,
        () => left().length === 0,
        60_000,
      );
      for (const tenant of tenants.values()) expectRightSource(tenant);
      console.log(`${told.length} happenings, ${made} namespaces, history ${seed}`);
      expect(endWatch()).toEqual([]);
      expect(cluster.doubleAnswers(pool)).toEqual([]);
      expect(new Set(given).size).toBe(slots);
    },
    (lasts + 400) * 1_000,
  );
});
