import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { staticConnection } from '../connection/connection.ts';
import { FencedError } from '../errors/fenced-error.ts';
import { isRecord } from '../object/object.ts';
import { createRestClient } from '../rest/rest-client.ts';
import { FakeClock, settle } from '../testing/fake-clock.ts';
import { answer, failure, startTestServer, until, type TestServer } from '../testing/test-server.ts';
import { LeaderElector, type LeaderElectorOptions } from './leader-elector.ts';

/** A server with one Lease, which refuses writes with an old resourceVersion and times that are no MicroTime. */
class LeaseServer {
  lease: Record<string, unknown> | undefined;
  version = 0;
  writes: string[] = [];
  refuse: ((response: ServerResponse) => void) | undefined;

  handle(method: string, response: ServerResponse, body: string): void {
    if (this.refuse) return this.refuse(response);
    if (method === 'GET')
      return this.lease ? answer(response, 200, this.lease) : answer(response, 404, failure(404, 'NotFound'));
    const lease: unknown = JSON.parse(body);
    if (!isRecord(lease) || !isRecord(lease.metadata) || !isRecord(lease.spec))
      return answer(response, 400, failure(400, 'BadRequest'));
    const { resourceVersion } = lease.metadata;
    if (method === 'POST' ? this.lease : resourceVersion !== String(this.version)) {
      return answer(response, 409, failure(409, method === 'POST' ? 'AlreadyExists' : 'Conflict'));
    }
    if (!/T[\d:]{8}\.\d{6}Z$/.test(String(lease.spec.renewTime)))
      return answer(response, 400, failure(400, 'BadRequest'));
    this.writes.push(String(lease.spec.holderIdentity));
    this.lease = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(++this.version) } };
    answer(response, 200, this.lease);
  }

  get spec(): Record<string, unknown> {
    return isRecord(this.lease?.spec) ? this.lease.spec : {};
  }
}

let server: TestServer | undefined;
const electors: LeaderElector[] = [];
afterEach(async () => {
  await Promise.all(electors.splice(0).map((elector) => elector.stop()));
  await server?.close();
});

async function startServer() {
  const leases = new LeaseServer();
  server = await startTestServer((request, response, body) => leases.handle(request.method ?? '', response, body));
  return { leases, url: server.url };
}

/** A candidate with its own clock, as another machine has. */
function candidate(url: string, identity: string, more: Partial<LeaderElectorOptions> = {}) {
  const clock = new FakeClock();
  const log: string[] = [];
  const client = createRestClient(staticConnection({ server: url }), { clock });
  const elector = new LeaderElector({
    client,
    namespace: 'system',
    name: 'operator',
    identity,
    random: () => 0,
    onElected: () => log.push('elected'),
    onLost: (reason) => log.push(`lost: ${reason}`),
    onNewLeader: (leader) => log.push(`leader: ${leader}`),
    onHeldByOther: (holder) => log.push(`held: ${holder}`),
    onError: (_error, isRepeated) => void (isRepeated || log.push('failed')),
    ...more,
  });
  electors.push(elector);
  /** Lets time pass in steps and requests be answered between them. */
  const pass = async (milliseconds: number): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += 500) {
      await clock.advance(Math.min(500, milliseconds - passed));
      for (let turn = 0; turn < 8; turn++) await settle();
    }
  };
  return { clock, log, elector, pass, client };
}

describe('LeaderElector', () => {
  it('takes a free lease, renews it every two seconds, and releases it at the end', async () => {
    const { leases, url } = await startServer();
    const a = candidate(url, 'a');
    expect(() => a.elector.fence()).toThrow(FencedError);
    a.elector.start();
    await until(() => a.elector.isLeader);
    a.elector.fence();
    expect(a.log).toEqual(['leader: a', 'elected']);
    expect(leases.spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 });
    const { acquireTime } = leases.spec;
    for (let beat = 2; beat <= 4; beat++) {
      await a.clock.advance(2_000);
      await until(() => leases.writes.length === beat);
      await settle();
    }
    expect(leases.spec.acquireTime).toBe(acquireTime);
    await a.elector.stop();
    expect(leases.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    expect(a.log.at(-1)).toBe('lost: stopped');
    expect(() => a.elector.fence()).toThrow(FencedError);
  });

  it('waits while another one renews, and takes over a lease duration after its last renewal was seen', async () => {
    const { leases, url } = await startServer();
    const [a, b] = [candidate(url, 'a'), candidate(url, 'b')];
    a.elector.start();
    await until(() => a.elector.isLeader);
    b.elector.start();
    await until(() => b.elector.leader === 'a');
    await b.pass(14_000);
    expect(b.elector.isLeader).toBe(false);
    await b.pass(6_000);
    await until(() => b.elector.isLeader);
    expect(leases.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  it('takes a released lease at once', async () => {
    const { url } = await startServer();
    const [a, b] = [candidate(url, 'a'), candidate(url, 'b')];
    a.elector.start();
    await until(() => a.elector.isLeader);
    b.elector.start();
    await until(() => b.elector.leader === 'a');
    await a.elector.stop();
    await b.pass(2_500);
    await until(() => b.elector.isLeader);
  });

  it('takes the lease of a holder that is known to be gone at once, and of nobody else', async () => {
    const { leases, url } = await startServer();
    const a = candidate(url, 'a');
    a.elector.start();
    await until(() => a.elector.isLeader);
    const [b, c] = [
      candidate(url, 'b', { isGone: (holder) => holder !== 'a' }),
      candidate(url, 'c', { isGone: (holder) => holder === 'a' }),
    ];
    b.elector.start();
    await until(() => b.elector.leader === 'a');
    await b.pass(5_000);
    expect(b.elector.isLeader).toBe(false);
    c.elector.start();
    await until(() => c.elector.isLeader);
    expect(leases.spec).toMatchObject({ holderIdentity: 'c', leaseTransitions: 1 });
  });

  it('tells that another lives once it has seen it renew the lease, and not before', async () => {
    const { leases, url } = await startServer();
    const [a, b] = [candidate(url, 'a'), candidate(url, 'b')];
    a.elector.start();
    await until(() => a.elector.isLeader);
    b.elector.start();
    await until(() => b.elector.leader === 'a');
    await b.pass(4_000);
    expect(b.log).toEqual(['leader: a']);
    await a.clock.advance(2_000);
    await until(() => leases.writes.length === 2);
    await b.pass(2_500);
    await until(() => b.log.includes('held: a'));
    expect(a.log).toEqual(['leader: a', 'elected']);
  });

  it.each([
    ['older than it was', (leases: LeaseServer, lease: LeaseServer['lease']) => (leases.lease = lease)],
    ['not there any more', (leases: LeaseServer) => (leases.lease = undefined)],
  ])('tells that the server was set back when the Lease is %s', async (_, restore) => {
    const { leases, url } = await startServer();
    const [a, b] = [candidate(url, 'a'), candidate(url, 'b')];
    for (const { client, log } of [a, b]) client.history.onSetBack(() => log.push('set back'));
    a.elector.start();
    await until(() => a.elector.isLeader);
    b.elector.start();
    await until(() => b.elector.leader === 'a');
    const backup = leases.lease;
    await a.pass(2_000);
    await until(() => leases.writes.length === 2);
    await b.pass(2_500);
    expect(b.log.at(-1)).toBe('held: a');
    restore(leases, backup);
    await b.pass(2_500);
    await until(() => b.log.includes('set back'));
    expect(a.log).not.toContain('set back');
  });

  it('fences at once when it was paused past its lease, and does not write over the new leader', async () => {
    const { leases, url } = await startServer();
    const [a, b] = [candidate(url, 'a'), candidate(url, 'b')];
    a.elector.start();
    await until(() => a.elector.isLeader);
    b.elector.start();
    await until(() => b.elector.leader === 'a');
    await b.pass(20_000);
    await until(() => b.elector.isLeader);
    leases.writes = [];
    // Continued: the clock shows what has passed before any timer has run.
    a.clock.jump(20_000);
    expect(() => a.elector.fence()).toThrow(FencedError);
    await a.pass(5_000);
    expect(a.log).toContain('lost: the lease was not renewed in time');
    expect(a.elector.leader).toBe('b');
    expect(leases.writes).toEqual([]);
  });

  it('loses the lease at the renew deadline when the server fails, and gets it back afterwards', async () => {
    const { leases, url } = await startServer();
    const a = candidate(url, 'a');
    a.elector.start();
    await until(() => a.elector.isLeader);
    leases.refuse = (response) => answer(response, 500, failure(500, 'InternalError'));
    await a.pass(9_500);
    a.elector.fence();
    await a.pass(500);
    expect(() => a.elector.fence()).toThrow(FencedError);
    expect(a.log.at(-1)).toBe('lost: the lease was not renewed in time');
    leases.refuse = undefined;
    await a.pass(4_500);
    await until(() => a.elector.isLeader);
    expect(a.log.at(-1)).toBe('elected');
    expect(a.log.filter((line) => line === 'failed')).toHaveLength(1);
    expect(leases.spec.leaseTransitions).toBe(0);
  });

  it('never has two leaders, also when both start at once', async () => {
    const { leases, url } = await startServer();
    const all = ['a', 'b', 'c'].map((identity) => candidate(url, identity));
    for (const { elector } of all) elector.start();
    await until(() => all.some(({ elector }) => elector.isLeader));
    for (let second = 0; second < 10; second++) {
      expect(all.filter(({ elector }) => elector.isLeader).length).toBeLessThanOrEqual(1);
      for (const { pass } of all) await pass(1_000);
    }
    expect(all.map(({ elector }) => elector.leader)).toEqual(Array(3).fill(leases.spec.holderIdentity));
    expect(all.filter(({ elector }) => elector.isLeader)).toHaveLength(1);
    expect(new Set(leases.writes).size).toBe(1);
  });

  it('refuses times that leave no room', async () => {
    const { url } = await startServer();
    const client = createRestClient(staticConnection({ server: url }));
    expect(
      () => new LeaderElector({ client, namespace: 'a', name: 'b', identity: 'c', renewDeadline: 15_000 }),
    ).toThrow(RangeError);
  });
});
