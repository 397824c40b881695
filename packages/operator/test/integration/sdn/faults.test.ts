import type { FaultRule } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { oneServer } from '../support/start-server.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { SdnCluster } from './sdn-cluster.ts';
import { noRealServer, unless } from '../../../../../tools/testing/unless.ts';

const poll = { timeout: 60_000, interval: 100 };
const writes = /^\/(?!.*(events|leases))/;

// One operator lives through all of this: none of it may need a restart.
describe.each(oneServer)('the operator under faults, on %s', (server) => {
  let cluster: SdnCluster;
  let network: Awaited<ReturnType<SdnCluster['addProxy']>>;
  let operator: OperatorProcess;
  let ended = false;
  const names: string[] = [];

  beforeAll(async () => {
    cluster = await SdnCluster.start(server);
    network = await cluster.addProxy();
    for (const [index, zone] of ['a', 'b'].entries())
      for (const number of [1, 2, 3]) await cluster.addNode(`${zone}${number}`, zone, `192.168.${index}.${number}`);
    await cluster.addPool('pool', [
      { CIDR: '10.0.0.0/24', labelValue: 'a' },
      { CIDR: '10.0.1.0/24', labelValue: 'b' },
    ]);
    operator = cluster.spawn(network.kubeconfig, '--leader-elect', '--namespace', 'default');
    void operator.ended.then(() => (ended = true));
  }, 120_000);
  beforeEach(({ onTestFailed }) => onTestFailed(() => console.log(operator.lines.slice(-60).join('\n'))));
  afterAll(() => cluster.stop(), 60_000);

  const addNamespaces = async (count: number): Promise<void> => {
    for (let added = 0; added < count; added += 1) {
      const name = `n${String(names.length).padStart(3, '0')}`;
      names.push(name);
      await cluster.addNamespace(name);
    }
  };
  const served = async (): Promise<number> =>
    (await cluster.bindings(names)).filter((addresses) => addresses.length === 2).length;
  const expectRight = async (): Promise<void> => {
    await expect.poll(served, poll).toBe(names.length);
    await expect.poll(async () => Object.values(await cluster.hosted()).flat().length, poll).toBe(2 * names.length);
    await expect.poll(() => cluster.laws.violations()).toEqual([]);
    expect(ended).toBe(false);
  };
  /** Namespaces come and a node goes while every request may meet a fault. */
  const liveThrough = async (...rules: readonly FaultRule[]): Promise<void> => {
    for (const rule of rules) network.proxy.add(rule);
    await addNamespaces(5);
    await cluster.setReady('a1', false);
    await addNamespaces(5);
    await wait(3_000);
    network.proxy.clearRules();
    await expectRight();
    await expect.poll(async () => (await cluster.hosted())['a1'], poll).toEqual([]);
    await cluster.setReady('a1', true);
  };

  it(
    'converges through a storm of conflicts',
    () => liveThrough({ fault: { kind: 'status', status: 409 }, method: 'PATCH', path: writes, probability: 0.6 }),
    90_000,
  );

  it(
    'converges through 429 with Retry-After, on reads and writes',
    () => liveThrough({ fault: { kind: 'status', status: 429, retryAfterSeconds: 1 }, probability: 0.4 }),
    90_000,
  );

  it(
    'converges through 500, 503 and 504',
    () =>
      liveThrough(
        ...([500, 503, 504] as const).map((status): FaultRule => ({
          fault: { kind: 'status', status },
          probability: 0.25,
        })),
      ),
    90_000,
  );

  it(
    'converges when connections are reset, before and after the server has applied a write',
    () =>
      liveThrough(
        { fault: { kind: 'reset', when: 'after' }, method: 'PATCH', path: writes, probability: 0.4 },
        { fault: { kind: 'reset', when: 'before' }, probability: 0.2 },
      ),
    90_000,
  );

  it('lists anew when its watches are cut and too old (410)', async () => {
    network.proxy.add({ fault: { kind: 'status', status: 410 }, method: 'GET', path: /watch=(1|true)/, times: 6 });
    // Those that the resets before broke may be away still, for as long as their back-off is.
    let cut = 0;
    await expect.poll(() => (cut += network.proxy.cutWatches()), poll).toBeGreaterThan(3);
    await liveThrough();
  }, 90_000);

  it(
    'goes on when the API server is killed and comes back',
    { ...unless(server === 'the sandbox', noRealServer), timeout: 120_000 },
    async () => {
      await addNamespaces(5);
      await cluster.server.envtest?.kill();
      await wait(3_000);
      await cluster.server.envtest?.restart();
      await liveThrough();
    },
  );

  it('is right again within 15 seconds after a half-open network is back', async () => {
    network.proxy.freeze();
    await addNamespaces(5);
    await cluster.setReady('b2', false);
    await wait(25_000);
    expect(await served()).toBeLessThan(names.length);
    network.proxy.release();
    const back = Date.now();
    await expectRight();
    await expect.poll(async () => (await cluster.hosted())['b2'], poll).toEqual([]);
    expect(Date.now() - back).toBeLessThan(15_000);
    await cluster.setReady('b2', true);
  }, 120_000);

  it('has nothing left to write when all is well', async () => {
    await wait(2_000);
    expect(await cluster.writesDuring(() => Promise.resolve())).toEqual([]);
    expect((await cluster.command('check')).code).toBe(0);
  }, 60_000);
});
