import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperatorProcess } from '../support/operator-process.ts';
import { oneServer, writeKubeconfig, type Write } from '../support/start-server.ts';
import { SdnCluster } from './sdn-cluster.ts';

const users = ['operator-1', 'operator-2'] as const;
type User = (typeof users)[number];
const poll = { timeout: 60_000, interval: 100 };
const election = [
  '--leader-elect',
  '--namespace',
  'default',
  '--leader-elect-lease-duration',
  '6',
  '--leader-elect-renew-deadline',
  '4',
  '--leader-elect-retry-period',
  '1',
];

// Told apart by their users in the audit log, in which the server itself wrote down when each request came.
describe.each(oneServer)('two replicas, on %s', (server) => {
  let cluster: SdnCluster;
  let replicas: Record<User, OperatorProcess>;
  const names: string[] = [];
  let churn = true;
  let churning: Promise<void>;

  const start = async (user: User): Promise<OperatorProcess> => {
    const { url, ca } = cluster.server.target;
    return cluster.spawn(await writeKubeconfig(url, user, ca), ...election);
  };
  const written = async (): Promise<readonly Write[]> =>
    (await cluster.server.writes())
      .filter(({ resource }) => resource !== 'leases')
      .sort((one, other) => one.at - other.at);
  const writesAfter = async (time: number, user: User): Promise<readonly Write[]> =>
    (await written()).filter((write) => write.at > time && write.user === user);
  const writer = async (since: number): Promise<User | undefined> =>
    (await written()).findLast(({ at }) => at > since)?.user as User | undefined;
  const other = (user: User): User => (user === users[0] ? users[1] : users[0]);

  beforeAll(async () => {
    cluster = await SdnCluster.start(
      server,
      [],
      users.map((user) => ({ token: user, user, groups: ['system:masters'] })),
    );
    for (const [index, zone] of ['a', 'b'].entries())
      for (const number of [1, 2, 3]) await cluster.addNode(`${zone}${number}`, zone, `192.168.${index}.${number}`);
    await cluster.addPool('pool', [
      { CIDR: '10.0.0.0/23', labelValue: 'a' },
      { CIDR: '10.0.2.0/23', labelValue: 'b' },
    ]);
    replicas = { 'operator-1': await start('operator-1'), 'operator-2': await start('operator-2') };
    churning = (async () => {
      for (; churn; await wait(150)) {
        const name = `n${String(names.length).padStart(3, '0')}`;
        await cluster.addNamespace(name);
        names.push(name);
      }
    })();
  }, 120_000);
  afterAll(async () => {
    churn = false;
    await churning;
    await cluster.stop();
  }, 60_000);

  /** Stops whoever leads past the end of its lease, and lets it go on when the other leads: what it then writes. */
  const pauseLeader = async (): Promise<readonly Write[]> => {
    const since = Date.now();
    await expect.poll(() => writer(since), poll).toBeDefined();
    const leader = (await writer(since)) ?? users[0];
    replicas[leader].child.kill('SIGSTOP');
    const paused = Date.now();
    await expect.poll(async () => (await writesAfter(paused, other(leader))).length, poll).toBeGreaterThan(0);
    const takeOver = (await writesAfter(paused, other(leader)))[0]?.at ?? 0;
    replicas[leader].child.kill('SIGCONT');
    await wait(4_000);
    return writesAfter(takeOver, leader);
  };

  it('never two writers: a leader that was paused past its lease writes nothing any more', async () => {
    expect(await pauseLeader()).toEqual([]);
  }, 90_000);

  it('elects a replica again that lost its lease, without a restart', async () => {
    expect(await pauseLeader()).toEqual([]);
    expect(Object.values(replicas).map(({ child }) => child.exitCode)).toEqual([null, null]);
  }, 90_000);

  it('hands over at once when told to stop', async () => {
    const leader = (await writer(0)) ?? users[0];
    const stopped = Date.now();
    replicas[leader].child.kill('SIGTERM');
    expect(await replicas[leader].ended).toBe(0);
    await expect.poll(async () => (await writesAfter(stopped, other(leader))).length, poll).toBeGreaterThan(0);
    expect(Date.now() - stopped).toBeLessThan(6_000);
    replicas[leader] = await start(leader);
    await wait(2_000);
  }, 90_000);

  it('goes on with the other when the leader is killed', async () => {
    const leader = (await writer(0)) ?? users[0];
    replicas[leader].child.kill('SIGKILL');
    const killed = Date.now();
    await expect.poll(async () => (await writesAfter(killed, other(leader))).length, poll).toBeGreaterThan(0);
    churn = false;
    await churning;
    await expect
      .poll(async () => (await cluster.bindings(names)).filter((addresses) => addresses.length === 2).length, poll)
      .toBe(names.length);
    await expect.poll(() => cluster.laws.violations()).toEqual([]);
  }, 90_000);
});
