import {
  createRestClient,
  ResourceClient,
  leases,
  staticConnection,
  systemClock,
  type RestClient,
} from '@egressip-ipam/kube';
import { createApiServer, createFaultProxy, type ApiServer, type FaultStatus } from '@egressip-ipam/sandbox';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { agentLeaseName, markedLease, readAgentLease } from './agent-lease.ts';
import { LeaseKeeper } from './lease-keeper.ts';

const namespace = 'operator';
const name = { name: agentLeaseName('worker-1'), namespace };

describe("the Lease of a node's agent", () => {
  let server: ApiServer;
  let rest: RestClient;
  let keepers: LeaseKeeper[];
  /** A clock that tests move on: what is waited for is over at once. */
  let offset: number;

  // A request has 60 ms, which a busy machine does not always keep to.
  beforeAll(() => vi.setConfig({ expect: { poll: { timeout: 10_000 } } }));
  beforeEach(async () => {
    [keepers, offset] = [[], 0];
    server = await createApiServer();
    rest = createRestClient(staticConnection({ server: server.url }));
    await rest.request('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } });
  });
  afterEach(async () => {
    await Promise.all(keepers.map((keeper) => keeper.stop()));
    rest.close();
    await server.stop();
  });

  const keep = (
    identity: string,
    by = rest,
    term = 3_000,
  ): { readonly keeper: LeaseKeeper; readonly said: string[]; readonly told: number[] } => {
    const said: string[] = [];
    const told: number[] = [];
    const keeper = new LeaseKeeper({
      rest: by,
      clock: { ...systemClock, monotonic: () => systemClock.monotonic() + offset },
      node: 'worker-1',
      namespace,
      identity,
      term,
      termToTell: (formerUntil) => {
        told.push(formerUntil);
        return term;
      },
      interval: 100,
      endpoint: { address: '192.0.2.11', port: 1 },
      metadata: () => ({}),
      numbers: () => ({ acknowledged: 0, counted: 0 }),
      onRenewed: () => void said.push('renewed'),
      onLost: (reason) => Promise.resolve(void said.push(reason)),
      onError: (error) => void said.push(String(error)),
    });
    keepers.push(keeper);
    keeper.start();
    return { keeper, said, told };
  };
  const holder = async (): Promise<string | undefined> =>
    readAgentLease(await new ResourceClient(rest, leases).get(name))?.holder;

  it('is let go of when the operator took it away, and asked for again', async () => {
    const { said } = keep('one');
    await expect.poll(() => said).toContain('renewed');
    const client = new ResourceClient(rest, leases);
    await expect
      .poll(async () =>
        client.replace(markedLease(await client.get(name))).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await expect.poll(() => said).toContain('the operator took the Lease away');
    await expect.poll(holder).toBe('one');
  });

  it('tells by its version that the server was set back to a backup, however far that has come since', async () => {
    const { said } = keep('one');
    await expect.poll(() => said.filter((text) => text === 'renewed').length).toBeGreaterThan(3);
    let told = 0;
    rest.history.onSetBack(() => (told += 1));
    const backup = await new ResourceClient(rest, leases).get(name);
    const port = Number(new URL(server.url).port);
    await server.stop();
    expect(told).toBe(0);
    server = await createApiServer({ port });
    const admin = createRestClient(staticConnection({ server: server.url }));
    await admin.request('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } });
    const { resourceVersion: _version, uid: _uid, ...metadata } = backup.metadata;
    await new ResourceClient(admin, leases).create({ ...backup, metadata }).catch(() => undefined);
    await expect.poll(() => told).toBe(1);
    await expect.poll(holder).toBe('one');
    admin.close();
  });

  it.each([
    [404, '<html>default backend</html>'],
    [404, ''],
    [403, { kind: 'Status', reason: 'Forbidden' }],
    [401, { kind: 'Status', reason: 'Unauthorized' }],
  ])('is not known to be gone, nor is the server reached, by an answer %i %j', async (status, body) => {
    const front = createServer((_, response) => response.writeHead(status).end(JSON.stringify(body)));
    await once(front.listen(0, '127.0.0.1'), 'listening');
    const { port } = front.address() as AddressInfo;
    const other = createRestClient(staticConnection({ server: `http://127.0.0.1:${port}` }));
    const { keeper, said } = keep('one', other);
    await expect.poll(() => said.filter((text) => text.includes(`: ${status}`)).length).toBeGreaterThan(2);
    expect(said).not.toContain('there is no Lease');
    expect(keeper.reachesServer).toBe(false);
    await keeper.stop();
    other.close();
    front.close();
  });

  it('is asked for seldom while that fails, however often peers ask, and when somebody else always writes first', async () => {
    const proxy = await createFaultProxy({ target: { url: server.url } });
    const through = createRestClient(staticConnection({ server: proxy.url }));
    const { keeper, said } = keep('one', through);
    await expect.poll(() => said).toContain('renewed');
    const requestsWhile = async (status: FaultStatus): Promise<number> => {
      proxy.add({ fault: { kind: 'status', status }, method: 'PUT' });
      const before = proxy.counts();
      for (const end = performance.now() + 600; performance.now() < end; await new Promise(setImmediate))
        keeper.lookForPeer();
      const after = proxy.counts();
      proxy.clearRules();
      return after.status + after.passed - before.status - before.passed;
    };
    // One look in 50 ms, of two requests; with a conflict two at once every 100 ms.
    expect(await requestsWhile(500)).toBeLessThanOrEqual(28);
    expect(await requestsWhile(409)).toBeLessThanOrEqual(28);
    await keeper.stop();
    through.close();
    await proxy.close();
  });

  it('is taken over at once by the next life of its agent', async () => {
    const { keeper } = keep('former');
    await expect.poll(() => holder().catch(() => '')).toBe('former');
    await keeper.stop();
    const { said } = keep('next');
    await expect.poll(holder).toBe('next');
    expect(said.filter((text) => text !== 'renewed')).toEqual([]);
  });

  it('goes to the younger of two machines that have its name: the other lets go, until that one renews no more', async () => {
    const older = keep('older');
    await expect.poll(() => older.said).toContain('renewed');
    const younger = keep('younger');
    await expect.poll(() => older.said).toContain('another agent, younger, has the Lease of this node');
    await expect.poll(() => older.keeper.isRivalled).toBe(true);
    expect(older.said.filter((text) => text.startsWith('another'))).toHaveLength(1);
    expect([younger.keeper.isRivalled, await holder()]).toEqual([false, 'younger']);
    await younger.keeper.stop();
    // What the other wrote last has been seen.
    const looks = older.said.length;
    await expect.poll(() => older.said.length).toBeGreaterThan(looks + 1);
    const renewals = older.said.filter((text) => text === 'renewed').length;
    offset += 4_001;
    await expect.poll(holder).toBe('older');
    expect(older.said.filter((text) => text === 'renewed').length).toBeGreaterThan(renewals);
  });

  it('is left to another machine that has its name for as long as that says, when its term is the longer', async () => {
    const older = keep('older');
    await expect.poll(() => older.said).toContain('renewed');
    const younger = keep('younger', rest, 12_000);
    await expect.poll(() => older.keeper.isRivalled).toBe(true);
    await younger.keeper.stop();
    const looked = async (): Promise<void> => {
      const looks = older.said.length;
      await expect.poll(() => older.said.length).toBeGreaterThan(looks + 1);
    };
    await looked();
    offset += 4_001;
    await looked();
    expect([older.keeper.isRivalled, await holder()]).toEqual([true, 'younger']);
    offset += 10_000;
    await expect.poll(holder).toBe('older');
  });

  it.each([
    [20, 20_000],
    [2_147_483_647, 300_000],
  ])('tells until when a former life with a term of %i seconds may have left something: %i ms', async (term, left) => {
    const former = keep('former', rest, term * 1_000);
    await expect.poll(() => former.said).toContain('renewed');
    await former.keeper.stop();
    const [began, next] = [systemClock.monotonic(), keep('next')];
    await expect.poll(() => next.told.length).toBeGreaterThan(1);
    const [first, ...others] = next.told.map((until) => until - began);
    expect(first).toBeGreaterThanOrEqual(left);
    expect(first).toBeLessThan(left + 10_000);
    expect(new Set(others)).toEqual(new Set([first]));
  });
});
