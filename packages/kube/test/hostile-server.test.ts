import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { TransportError } from '../src/errors/transport-error.ts';
import { ResourceClient } from '../src/resource/resource-client.ts';
import { answer, failure, startTestServer, until, type Handler, type TestServer } from '../src/testing/test-server.ts';
import { thing, thingList, things, ThingServer } from '../src/testing/thing-server.ts';
import { Reflector } from '../src/watch/reflector.ts';
import type { Vanishing } from '../src/watch/vanishing.ts';

const megabyte = 1 << 20;

let server: TestServer | undefined;
let reflector: Reflector<unknown> | undefined;
afterEach(async () => {
  await reflector?.stop();
  reflector = undefined;
  await server?.close();
});

/**
 * Follows forty things whose first watch ends with a 410, after which the server answers a list as told, `times` times.
 */
async function followThrough(respond: (response: ServerResponse) => void, times = 1) {
  const thingServer = new ThingServer();
  thingServer.items = Array.from({ length: 40 }, (_, index) => thing(`thing-${index}`, '5'));
  let left = times;
  thingServer.intercept = (kind, response) => {
    if (kind === 'watch' && thingServer.watches.length === 1) answer(response, 410, failure(410, 'Expired'));
    else if (kind === 'list' && thingServer.watches.length > 0 && left-- > 0) respond(response);
    else return false;
    return true;
  };
  server = await startTestServer((request, response) => thingServer.handle(request.url ?? '', response));
  const told: string[] = [];
  const vanishings: Vanishing[] = [];
  const deleted: string[] = [];
  reflector = new Reflector<unknown>({
    client: new ResourceClient(server.client, things),
    project: ({ spec }) => spec,
    consistency: 'latest',
    random: () => 0,
    onChange: ({ type, key }) => type === 'deleted' && deleted.push(key),
    onError: (error) => told.push(error instanceof Error ? error.message : String(error)),
    onVanishing: (vanishing) => vanishings.push(vanishing),
  });
  reflector.start();
  await until(() => thingServer.watches.length === 2);
  return { store: reflector.store, told, vanishings, deleted };
}

const good = { apiVersion: 'test.io/v1', kind: 'ThingList', metadata: { resourceVersion: '20' } };

describe('after a 410, an answer that is no list', () => {
  it.each([
    ['of nothing', {}, /its kind is undefined/],
    ['without items', good, /its items are undefined/],
    ['with items that are null', { ...good, items: null }, /its items are null/],
    ['of another kind', { ...good, kind: 'OtherList', items: [] }, /its kind is "OtherList"/],
    ['of another version', { ...good, apiVersion: 'v1', items: [] }, /its apiVersion is "v1"/],
    ['of no state', { ...good, metadata: {}, items: [] }, /no metadata.resourceVersion/],
    ['that is a Status', { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Success' }, /its kind is "Status"/],
  ])('%s empties nothing, is told and asked for again', async (_name, body, message) => {
    const { store, told, deleted } = await followThrough((response) => answer(response, 200, body));
    expect(store.size).toBe(40);
    expect(deleted).toEqual([]);
    expect(told).toEqual([expect.stringMatching(/410/), expect.stringMatching(message)]);
  });

  it('in HTML, of a proxy, empties nothing either', async () => {
    const { store, told } = await followThrough(
      (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    );
    expect(store.size).toBe(40);
    expect(told[1]).toMatch(/not JSON/);
  });
});

it.each([
  ['of another kind', { ...thing('a', '9'), kind: 'Other' }, 'is no Thing of test.io/v1'],
  ['of another version', { ...thing('a', '9'), apiVersion: 'v1' }, 'is no Thing of test.io/v1'],
  ['about another object', thing('b', '9'), 'is about another object'],
  ['without a name', { metadata: {} }, 'is no object with a name'],
])('an answer %s to a call about an object is not taken for that object', async (_what, body, reason) => {
  server = await startTestServer((_request, response) => answer(response, 200, body));
  const client = new ResourceClient(server.client, things);
  const [name, message] = [{ name: 'a' }, expect.stringContaining(`the answer ${reason}`)];
  const calls = [
    client.get(name),
    client.create({ metadata: name }),
    client.replace({ metadata: name }),
    client.mergePatch(name, {}, { subresource: 'status' }),
    client.apply({ metadata: name }, { fieldManager: 'test' }),
  ];
  expect(await Promise.all(calls.map((call) => call.catch((error: Error) => error.message)))).toEqual(
    calls.map(() => message),
  );
});

describe('after a 410, a list that lacks much', () => {
  it('is read once more, and nothing is given on that is there again', async () => {
    const { store, deleted, vanishings } = await followThrough((response) =>
      answer(response, 200, { ...good, items: [] }),
    );
    expect(store.size).toBe(40);
    expect(deleted).toEqual([]);
    expect(vanishings).toEqual([
      { missing: 40, held: 40, outcome: 'doubted', retryInMilliseconds: 1_000 },
      { missing: 0, held: 40, outcome: 'refuted', retryInMilliseconds: 0 },
    ]);
  });

  it('is believed when the second one says the same', async () => {
    const { store, deleted, vanishings } = await followThrough(
      (response) => answer(response, 200, { ...good, items: [thing('thing-0', '6')] }),
      2,
    );
    expect(store.size).toBe(1);
    expect(deleted).toHaveLength(39);
    expect(vanishings.map(({ outcome }) => outcome)).toEqual(['doubted', 'confirmed']);
  });

  it('is believed at once when it lacks no more than a tenth', async () => {
    const most = Array.from({ length: 36 }, (_, index) => thing(`thing-${index}`, '5'));
    const { store, vanishings } = await followThrough((response) => answer(response, 200, { ...good, items: most }));
    expect(store.size).toBe(36);
    expect(vanishings).toEqual([]);
  });
});

it('a watch of one namespace takes nothing of another, and the collection is listed again', async () => {
  const object = (namespace: string) => ({ metadata: { name: 'a', namespace, resourceVersion: '11' } });
  const thingServer = new ThingServer();
  thingServer.intercept = (kind, response) => {
    if (kind === 'list' || thingServer.watches.length > 1) return false;
    response.writeHead(200).write(`${JSON.stringify({ type: 'ADDED', object: object('other') })}\n`);
    return true;
  };
  server = await startTestServer((request, response) => thingServer.handle(request.url ?? '', response));
  const told: string[] = [];
  reflector = new Reflector<unknown>({
    client: new ResourceClient(server.client, { ...things, namespaced: true }),
    namespace: 'mine',
    project: ({ spec }) => spec,
    random: () => 0,
    onError: (error) => told.push(String(error)),
  });
  reflector.start();
  await until(() => thingServer.lists.length === 2);
  expect(told).toEqual([expect.stringMatching(/the object of an event is of another namespace/)]);
  expect(reflector.store.size).toBe(0);
});

describe('an answer without end', () => {
  const zeros = Buffer.alloc(megabyte, '0');

  /** Writes for as long as it is read; tells how many bytes went out. */
  function endless(response: ServerResponse): () => number {
    const { socket } = response;
    const write = (): void => {
      while (!response.destroyed && response.write(zeros));
    };
    response.on('drain', write);
    write();
    return () => socket?.bytesWritten ?? 0;
  }

  async function startEndless(head: object): Promise<{ written: () => number; server: TestServer }> {
    let written = (): number => 0;
    const handler: Handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', ...head });
      written = endless(response);
    };
    server = await startTestServer(handler);
    return { written: () => written(), server };
  }

  it('as a body is given up at the limit, with an error that names both sizes', async () => {
    const { server, written } = await startEndless({});
    const error: unknown = await server.client.request('GET', '/things').catch((reason: unknown) => reason);
    if (!TransportError.isInstance(error)) throw new Error('a TransportError is expected');
    expect(error).toMatchObject({ kind: 'too-large', size: { limit: 10 * megabyte } });
    expect(error.size?.received).toBeGreaterThan(10 * megabyte);
    expect(error.message).toMatch(/larger than the 10485760 bytes that are read: \d+ came$/);
    await until(() => server.sockets.size === 0);
    expect(written()).toBeLessThan(40 * megabyte);
  });

  it('as a body that announces its size is given up at once', async () => {
    const { server } = await startEndless({ 'content-length': 400 * megabyte });
    await expect(server.client.request('GET', '/things')).rejects.toMatchObject({
      kind: 'too-large',
      size: { limit: 10 * megabyte, received: 400 * megabyte },
    });
  });

  it('as the body of a failure does not hide the failure', async () => {
    server = await startTestServer((_request, response) => void endless(response.writeHead(403)));
    await expect(server.client.request('GET', '/things')).rejects.toMatchObject({
      status: 403,
      serverMessage: expect.stringMatching(/larger than the 1048576 bytes/) as string,
    });
  });

  it('as a line of a watch ends the watch, is told, and the collection is listed again', async () => {
    const thingServer = new ThingServer();
    thingServer.items = [thing('a', '5')];
    thingServer.intercept = (kind, response) => {
      if (kind === 'list' || thingServer.watches.length > 1) return false;
      endless(response.writeHead(200));
      return true;
    };
    server = await startTestServer((request, response) => thingServer.handle(request.url ?? '', response));
    const errors: unknown[] = [];
    reflector = new Reflector<unknown>({
      client: new ResourceClient(server.client, things),
      project: ({ spec }) => spec,
      onError: (error) => errors.push(error),
    });
    reflector.start();
    await until(() => thingServer.watches.length === 2);
    expect(errors).toEqual([
      expect.objectContaining({
        kind: 'too-large',
        size: { limit: 10 * megabyte, received: expect.any(Number) as number },
      }),
    ]);
    expect(thingServer.lists).toHaveLength(2);
    expect(reflector.store.size).toBe(1);
  });
});

describe('pages of large objects', () => {
  /** Serves so many objects of so many bytes, paged as the API server pages; tells the limits that were asked for. */
  async function servePages(count: number, bytesOf: (index: number) => number) {
    const limits: number[] = [];
    server = await startTestServer((request, response) => {
      const query = new URL(request.url ?? '', 'http://loopback').searchParams;
      const from = Number(query.get('continue') ?? 0);
      const limit = Number(query.get('limit'));
      limits.push(limit);
      const items = Array.from({ length: Math.min(limit, count - from) }, (_, index) => ({
        metadata: { name: `thing-${from + index}`, resourceVersion: '5' },
        text: 'x'.repeat(bytesOf(from + index)),
      }));
      answer(
        response,
        200,
        thingList(
          { resourceVersion: '10', ...(from + limit < count ? { continue: String(from + limit) } : {}) },
          items,
        ),
      );
    });
    return { client: new ResourceClient(server.client, things), limits };
  }

  it('have fewer of them, whatever came before', async () => {
    const { client, limits } = await servePages(700, (index) => (index < 525 ? 100 : 250_000));
    const seen: number[] = [];
    for await (const page of client.pages()) seen.push(page.items.length);
    expect(seen.reduce((sum, items) => sum + items, 0)).toBe(700);
    // 500 of them at once were too many, as were 125.
    expect(limits.slice(0, 7)).toEqual([25, 100, 400, 500, 125, 31, 7]);
    expect(Math.max(...seen.slice(3))).toBeLessThan(20);
  });

  it('are read one by one where a single object is larger than a page', async () => {
    const { client } = await servePages(3, () => 5 * megabyte);
    expect((await client.list()).items).toHaveLength(3);
  });

  it('are asked for the first few in as many answers as it takes', async () => {
    const { client, limits } = await servePages(40, () => 600_000);
    expect(await client.first(30)).toHaveLength(30);
    expect(limits.length).toBeGreaterThan(3);
    expect(await client.first(200)).toHaveLength(40);
  });

  it.each([
    ['in pages with nothing in them', 0, /100 pages have nothing in them/],
    ['in pages that go on', 5_000, /more than 500000 items, and no end/],
  ])('end with an error where they have no end: %s', async (_name, count, message) => {
    let pages = 0;
    const items = Array.from({ length: count }, () => ({ metadata: { name: 'thing', resourceVersion: '5' } }));
    const { client } = (server = await startTestServer((_request, response) =>
      answer(response, 200, thingList({ resourceVersion: '10', continue: String((pages += 1)) }, items)),
    ));
    const read = async (): Promise<void> => {
      for await (const page of new ResourceClient(client, things).pages()) void page;
    };
    await expect(read()).rejects.toThrow(message);
  });

  it('end with an error where a page leads to itself', async () => {
    server = await startTestServer((_request, response) =>
      answer(response, 200, thingList({ resourceVersion: '10', continue: 'again' }, [])),
    );
    await expect(new ResourceClient(server.client, things).list()).rejects.toThrow(/a page leads to itself/);
  });
});
