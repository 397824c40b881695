import { Agent } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { staticConnection } from '../connection/connection.ts';
import { ApiError } from '../errors/api-error.ts';
import { FencedError } from '../errors/fenced-error.ts';
import { isConflict, isOutcomeUnknown, isTimeout } from '../errors/predicates.ts';
import { answer, failure, startTestServer, until, type Handler, type TestServer } from '../testing/test-server.ts';
import type { RequestObservation } from './request.ts';
import { createRestClient, type RestClientOptions } from './rest-client.ts';

let server: TestServer | undefined;
afterEach(() => server?.close());

async function start(handler: Handler, options?: RestClientOptions): Promise<TestServer> {
  server = await startTestServer(handler, options);
  return server;
}

/** Plays one handler per request. */
function script(...handlers: Handler[]): Handler {
  let index = 0;
  return (...call) => handlers[Math.min(index++, handlers.length - 1)]?.(...call);
}

const silence: Handler = () => undefined;
const success: Handler = (_request, response) => answer(response, 200, { ok: true });
const reset: Handler = (request) => request.socket.resetAndDestroy();

describe('RestClient', () => {
  it('uses one connection for requests that follow one another', async () => {
    const { client, connections } = await start(success);
    for (let count = 0; count < 50; count++) expect(await client.request('GET', '/api')).toEqual({ ok: true });
    expect(connections()).toBe(1);
  });

  it('has no more requests in flight than allowed, and lets immediate ones pass', async () => {
    const waiting: (() => void)[] = [];
    const { client, requests } = await start((_request, response) => waiting.push(() => answer(response, 200, {})), {
      maxInFlight: 2,
    });
    const all = [1, 2, 3].map((number) => client.request('GET', `/${number}`));
    await until(() => waiting.length === 2);
    const urgent = client.request('GET', '/urgent', { immediate: true });
    await until(() => waiting.length === 3);
    expect(requests).toEqual(['GET /1', 'GET /2', 'GET /urgent']);
    waiting[0]?.();
    await until(() => waiting.length === 4);
    for (const proceed of waiting.slice(1)) proceed();
    await Promise.all([...all, urgent]);
    expect(requests.at(-1)).toBe('GET /3');
  });

  it('tries again after 429, in the time the server asks for', async () => {
    const observed: RequestObservation[] = [];
    const throttle: Handler = (_request, response) =>
      answer(response, 429, failure(429, 'TooManyRequests'), { 'retry-after': '0' });
    const { client, requests, bodies } = await start(script(throttle, throttle, success), {
      onRequest: (observation) => observed.push(observation),
    });
    expect(await client.request('PATCH', '/object', { body: { a: 1 } })).toEqual({ ok: true });
    expect(requests).toHaveLength(3);
    expect(bodies).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);
    expect(observed.map(({ verb, status }) => `${verb} ${status}`)).toEqual(['patch 429', 'patch 429', 'patch 200']);
  });

  it('gives a 429 back when its time is beyond the deadline', async () => {
    const { client, requests } = await start((_request, response) =>
      answer(response, 429, failure(429, 'TooManyRequests'), { 'retry-after': '60' }),
    );
    await expect(client.request('GET', '/object')).rejects.toMatchObject({ status: 429, retryAfterSeconds: 60 });
    expect(requests).toHaveLength(1);
  });

  it('does not repeat a server error that names no time, and takes its outcome for unknown', async () => {
    const { client, requests } = await start((_request, response) =>
      answer(response, 500, failure(500, 'InternalError')),
    );
    const error: unknown = await client.request('POST', '/object', { body: {} }).catch((reason: unknown) => reason);
    expect(ApiError.isInstance(error) && isOutcomeUnknown(error)).toBe(true);
    expect(requests).toHaveLength(1);
  });

  it('parses the Status of an error', async () => {
    const details = { name: 'a', kind: 'things', causes: [{ reason: 'FieldManagerConflict', field: '.spec' }] };
    const { client } = await start((_request, response) => answer(response, 409, failure(409, 'Conflict', details)));
    const error: unknown = await client.request('PUT', '/object', { body: {} }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: 'PUT /object: 409 Conflict: it is Conflict', details });
    expect(isConflict(error)).toBe(true);
    expect(isOutcomeUnknown(error)).toBe(false);
  });

  it('ends a request without an answer by its deadline, resets its socket and drops idle ones', async () => {
    const { client, sockets } = await start(script(success, success, silence, success));
    await Promise.all([client.request('GET', '/a'), client.request('GET', '/b')]);
    expect(sockets.size).toBe(2);
    const error: unknown = await client
      .request('POST', '/object', { body: {}, deadline: 50 })
      .catch((reason: unknown) => reason);
    expect(isTimeout(error)).toBe(true);
    expect(error).toMatchObject({ kind: 'timeout', outcome: 'unknown' });
    await until(() => sockets.size === 0);
    expect(await client.request('GET', '/c')).toEqual({ ok: true });
  });

  it('repeats a read whose connection broke, and reports a write as unknown', async () => {
    const { client, requests } = await start(script(success, reset, success, reset));
    await client.request('GET', '/a');
    expect(await client.request('GET', '/b')).toEqual({ ok: true });
    await expect(client.request('PATCH', '/c', { body: {} })).rejects.toMatchObject({
      kind: 'reset',
      outcome: 'unknown',
    });
    expect(requests).toEqual(['GET /a', 'GET /b', 'GET /b', 'PATCH /c']);
  });

  it('tells that a refused connection sent nothing', async () => {
    const { client, close } = await start(success);
    await close();
    server = undefined;
    await expect(client.request('POST', '/a', { body: {} })).rejects.toMatchObject({
      kind: 'refused',
      outcome: 'never-sent',
    });
  });

  it('asks for fresh credentials once after 401', async () => {
    const { client, requests } = await start((_request, response) =>
      answer(response, 401, failure(401, 'Unauthorized')),
    );
    await expect(client.request('GET', '/a')).rejects.toMatchObject({ status: 401 });
    expect(requests).toHaveLength(2);
  });

  it('ends a request when its caller gives up', async () => {
    const { client } = await start(silence);
    await expect(client.request('GET', '/a', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'aborted',
      outcome: 'never-sent',
    });
    await expect(client.request('GET', '/a', { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      kind: 'aborted',
    });
  });
});

describe('a fenced client', () => {
  it('sends no byte of a write that the fence refuses, but reads', async () => {
    const { client, requests } = await start(success);
    const fenced = client.withFence(() => {
      throw new FencedError('not the leader');
    });
    await expect(fenced.request('PATCH', '/a', { body: {} })).rejects.toBeInstanceOf(FencedError);
    await fenced.request('GET', '/b');
    expect(requests).toEqual(['GET /b']);
  });

  it('asks again before each retry', async () => {
    let held = true;
    const { client, requests } = await start((_request, response) => {
      held = false;
      answer(response, 429, failure(429, 'TooManyRequests'), { 'retry-after': '0' });
    });
    const fenced = client.withFence(() => {
      if (!held) throw new FencedError('lost');
    });
    await expect(fenced.request('PATCH', '/a', { body: {} })).rejects.toBeInstanceOf(FencedError);
    expect(requests).toHaveLength(1);
  });

  it('asks when the connection stands and writes in the same tick', async () => {
    const { url } = await start(success);
    const agent = new Agent({ keepAlive: true });
    const seen: object[] = [];
    const look = (when: string): void => {
      const socket = Object.values(agent.sockets)[0]?.[0];
      seen.push({ when, connecting: socket?.connecting, written: (socket?.bytesWritten ?? 0) > 0 });
    };
    const fenced = createRestClient({ ...staticConnection({ server: url }), agent }).withFence(() => {
      look('fence');
      process.nextTick(look, 'next tick');
    });
    await fenced.request('PATCH', '/a', { body: {} });
    agent.destroy();
    expect(seen).toEqual([
      { when: 'fence', connecting: false, written: false },
      { when: 'next tick', connecting: false, written: true },
    ]);
  });

  it('breaks off what is unanswered when the right to write is lost', async () => {
    const { client, requests } = await start(silence);
    const fenced = client.withFence(() => undefined);
    const write = fenced.request('PATCH', '/a', { body: {} });
    const read = client.request('GET', '/b', { deadline: 300 });
    const failures = Promise.allSettled([write, read]);
    await until(() => requests.length === 2);
    fenced.abandonFencedWrites();
    await expect(write).rejects.toMatchObject({ kind: 'aborted', outcome: 'unknown' });
    await failures;
    await expect(read).rejects.toMatchObject({ kind: 'timeout' });
  });
});
