import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiError } from '../errors/api-error.ts';
import { ResourceClient } from '../resource/resource-client.ts';
import type { RestClientOptions } from '../rest/rest-client.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { answer, failure, startTestServer, until, type TestServer } from '../testing/test-server.ts';
import { thing, thingList, things, ThingServer } from '../testing/thing-server.ts';
import { Reflector } from './reflector.ts';
import type { ReflectorOptions } from './reflector-options.ts';

let server: TestServer | undefined;
let reflector: Reflector<unknown> | undefined;
afterEach(async () => {
  await reflector?.stop();
  await server?.close();
});

async function follow(
  thingServer: ThingServer,
  options: Partial<ReflectorOptions<unknown>> = {},
  more: RestClientOptions = {},
) {
  server = await startTestServer((request, response) => thingServer.handle(request.url ?? '', response), {
    liveness: { interval: 100, deadline: 1_000 },
    ...more,
  });
  const changes: string[] = [];
  const errors: unknown[] = [];
  reflector = new Reflector<unknown>({
    client: new ResourceClient(server.client, things),
    project: ({ spec }) => spec,
    onChange: ({ type, key }) => changes.push(`${type} ${key}`),
    onError: (error) => errors.push(error),
    random: () => 0,
    ...options,
  });
  reflector.start();
  return { store: reflector.store, changes, errors, reflector, server };
}

describe('Reflector', () => {
  it('lists what is at hand, then watches from there with bookmarks and a time limit', async () => {
    const thingServer = new ThingServer();
    thingServer.items = [thing('a', '5'), thing('b', '9')];
    const { store, reflector } = await follow(thingServer);
    await reflector.whenSynced();
    await until(() => thingServer.watches.length === 1);
    expect(Object.fromEntries(thingServer.lists[0] ?? [])).toEqual({ limit: '25', resourceVersion: '0' });
    expect(Object.fromEntries(thingServer.watches[0]?.query ?? [])).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '10',
      timeoutSeconds: '300',
    });
    expect([...store.entries()]).toEqual([
      ['a', { value: 'a' }],
      ['b', { value: 'a' }],
    ]);
    expect(reflector.hasSynced).toBe(true);
  });

  it('takes in every event, also one cut into pieces, and goes on after the last one', async () => {
    const thingServer = new ThingServer();
    const { changes, store } = await follow(thingServer);
    await until(() => thingServer.watches.length === 1);
    const line = JSON.stringify({ type: 'ADDED', object: thing('ä', '11') });
    const bytes = Buffer.from(`${line}\n`);
    const middle = bytes.indexOf('ä') + 1;
    thingServer.watches[0]?.response.write(bytes.subarray(0, middle));
    await new Promise((resolve) => setImmediate(resolve));
    thingServer.watches[0]?.response.write(bytes.subarray(middle));
    thingServer.send(
      { type: 'MODIFIED', object: thing('ä', '12', 'b') },
      { type: 'MODIFIED', object: thing('ä', '13', 'b') },
      { type: 'DELETED', object: thing('ä', '14', 'b') },
      { type: 'BOOKMARK', object: { metadata: { resourceVersion: '20' } } },
    );
    await until(() => store.resourceVersion === '20');
    expect(changes).toEqual(['added ä', 'updated ä', 'deleted ä']);
    thingServer.watches[0]?.response.end();
    await until(() => thingServer.watches.length === 2);
    expect(thingServer.watches[1]?.query.get('resourceVersion')).toBe('20');
    expect(thingServer.lists).toHaveLength(1);
  });

  it('lists page by page', async () => {
    const thingServer = new ThingServer();
    thingServer.intercept = (kind, response, query) => {
      if (kind === 'watch') return false;
      const next = query.get('continue') === null ? 'next' : undefined;
      answer(response, 200, thingList({ resourceVersion: '10', continue: next }, [thing(next ?? 'last', '1')]));
      return true;
    };
    const { store, reflector } = await follow(thingServer, { pageSize: 1 });
    await reflector.whenSynced();
    expect([...store.entries()].map(([key]) => key)).toEqual(['next', 'last']);
    expect(thingServer.lists.map((query) => query.get('resourceVersion'))).toEqual(['0', null]);
  });

  it.each([
    [
      'an ERROR event',
      (response: ServerResponse) =>
        response.writeHead(200).write(`${JSON.stringify({ type: 'ERROR', object: failure(410, 'Expired') })}\n`),
    ],
    ['a status', (response: ServerResponse) => answer(response, 410, failure(410, 'Expired'))],
  ])('lists again after 410 as %s, and finds what vanished', async (_name, refuse) => {
    const thingServer = new ThingServer();
    const others = Array.from({ length: 10 }, (_, index) => thing(`other-${index}`, '4'));
    thingServer.items = [thing('a', '5'), thing('b', '6'), ...others];
    thingServer.intercept = (kind, response) => {
      if (kind === 'list' || thingServer.watches.length > 1) return false;
      thingServer.items = [thing('a', '15', 'changed'), ...others];
      thingServer.resourceVersion = '20';
      refuse(response);
      return true;
    };
    const { changes } = await follow(thingServer);
    await until(() => thingServer.watches.length === 2);
    expect(thingServer.lists.map((query) => query.get('resourceVersion'))).toEqual(['0', '10']);
    expect(changes.filter((change) => !change.includes('other'))).toEqual([
      'added a',
      'added b',
      'updated a',
      'deleted b',
    ]);
    expect(thingServer.watches[1]?.query.get('resourceVersion')).toBe('20');
  });

  it('asks for the newest state, after a pause, when what it just listed is too old to watch', async () => {
    const thingServer = new ThingServer();
    thingServer.intercept = (kind, response, query) => {
      if (kind === 'list' && query.get('resourceVersion') === null) thingServer.resourceVersion = '20';
      if (kind === 'list' || query.get('resourceVersion') === '20') return false;
      answer(response, 410, failure(410, 'Expired'));
      return true;
    };
    const start = performance.now();
    const { errors } = await follow(thingServer);
    await until(() => thingServer.watches.at(-1)?.query.get('resourceVersion') === '20');
    expect(thingServer.lists.map((query) => query.get('resourceVersion'))).toEqual(['0', '10', null]);
    expect(errors).toHaveLength(2);
    expect(performance.now() - start).toBeGreaterThan(700);
  });

  it('never asks for exactly the version that it has: at least as new will do', async () => {
    const thingServer = new ThingServer();
    thingServer.intercept = (kind, response) => {
      if (kind === 'list' || thingServer.watches.length > 1) return false;
      response
        .writeHead(200)
        .write(
          `${JSON.stringify({ type: 'ADDED', object: thing('a', '15') })}\n${JSON.stringify({ type: 'ERROR', object: failure(410, 'Expired') })}\n`,
        );
      return true;
    };
    await follow(thingServer);
    await until(() => thingServer.watches.length === 2);
    expect(thingServer.lists.map((query) => [query.get('resourceVersion'), query.get('resourceVersionMatch')])).toEqual(
      [
        ['0', null],
        ['15', 'NotOlderThan'],
      ],
    );
  });

  it('lists the newest state when its own version has expired, too', async () => {
    const thingServer = new ThingServer();
    thingServer.intercept = (kind, response) => {
      if (kind === 'watch' && thingServer.watches.length === 1) answer(response, 410, failure(410, 'Expired'));
      else if (kind === 'list' && thingServer.lists.length === 2) answer(response, 410, failure(410, 'Expired'));
      else return false;
      return true;
    };
    await follow(thingServer);
    await until(() => thingServer.watches.length === 2);
    expect(thingServer.lists.map((query) => query.get('resourceVersion'))).toEqual(['0', '10', null]);
  });

  it('goes on watching, without a list, after a reset, 429 and 500, and never ends', async () => {
    const thingServer = new ThingServer();
    thingServer.intercept = (kind, response) => {
      if (kind === 'list') return false;
      switch (thingServer.watches.length) {
        case 1:
          response.socket?.resetAndDestroy();
          return true;
        case 2:
          answer(response, 429, failure(429, 'TooManyRequests'));
          return true;
        default:
          return false;
      }
    };
    const { errors } = await follow(thingServer);
    await until(() => thingServer.watches.length === 3);
    expect(thingServer.lists).toHaveLength(1);
    expect(errors).toHaveLength(2);
  });

  it('does not ask a server without pause that ends each watch at once', async () => {
    const thingServer = new ThingServer();
    thingServer.intercept = (kind, response) => {
      if (kind === 'list') return false;
      response.writeHead(200).end();
      return true;
    };
    const { errors } = await follow(thingServer);
    await until(() => errors.length === 1);
    expect(thingServer.watches).toHaveLength(1);
  });

  it('tells each sort of failure once, and once that reading goes on: something came, or a watch has held', async () => {
    const clock = new FakeClock();
    const thingServer = new ThingServer();
    const faults = ['reset', 'reset', '500', 'reset', '500'];
    let failed = 0;
    thingServer.intercept = (kind, response) => {
      const fault = kind === 'list' ? undefined : faults[failed];
      if (fault === undefined) return false;
      failed++;
      if (fault === 'reset') response.socket?.resetAndDestroy();
      else answer(response, 500, failure(500, 'InternalError'));
      return true;
    };
    const told: string[] = [];
    await follow(
      thingServer,
      {
        onError: (error, _retry, isRepeated) =>
          void told.push(`${ApiError.isInstance(error) ? error.status : 'no answer'}${isRepeated ? ' again' : ''}`),
        onResumed: (milliseconds) => void told.push(milliseconds > 1_000 ? 'goes on' : 'goes on at once'),
      },
      { clock, liveness: { interval: 1_000_000, deadline: 1_000 } },
    );
    const pass = (isOver: () => boolean): Promise<void> =>
      until(() => {
        void clock.advance(250);
        return isOver();
      });
    await pass(() => told.length === 5 && thingServer.watches.length === 6);
    const interrupted = ['no answer', 'no answer again', '500', 'no answer again', '500 again'];
    expect(told).toEqual(interrupted);
    await pass(() => told.length > 5);
    expect(told).toEqual([...interrupted, 'goes on']);
    thingServer.send({ type: 'ADDED', object: thing('a', '11') });
    faults.push('reset');
    thingServer.watches.at(-1)?.response.socket?.resetAndDestroy();
    await pass(() => thingServer.watches.length === 8);
    thingServer.send({ type: 'ADDED', object: thing('b', '12') });
    await until(() => told.length >= 9);
    expect(told.slice(6)).toEqual(['no answer', 'no answer again', 'goes on']);
  });

  it('survives a listener that throws', async () => {
    const thingServer = new ThingServer();
    thingServer.items = [thing('a', '5'), thing('b', '6')];
    const { store, reflector, errors } = await follow(thingServer, {
      onChange: () => {
        throw new Error('a listener');
      },
    });
    await reflector.whenSynced();
    expect(store.size).toBe(2);
    expect(errors).toHaveLength(2);
  });

  it('notices a watch that fell silent, and goes on from where it was when the network is back', async () => {
    const thingServer = new ThingServer();
    const { store, server } = await follow(thingServer);
    await until(() => thingServer.watches.length === 1);
    thingServer.fallSilent();
    await until(() => !server.client.liveness.alive);
    const write = server.client.request('PATCH', '/thing', { body: {} });
    const failed = expect(write).rejects.toMatchObject({ kind: 'reset', outcome: 'unknown' });
    await until(() => server.requests.includes('PATCH /thing'));
    thingServer.recover();
    await until(() => thingServer.watches.length === 2);
    await failed;
    expect(server.client.liveness.alive).toBe(true);
    expect(thingServer.lists).toHaveLength(1);
    expect(thingServer.watches[1]?.query.get('resourceVersion')).toBe('10');
    thingServer.send({ type: 'ADDED', object: thing('late', '11') });
    await until(() => store.size === 1);
  });

  it('lists the newest state at once when it is asked to, though it waits after a failure', async () => {
    const thingServer = new ThingServer();
    let isRefused = true;
    thingServer.intercept = (_, response) => {
      if (isRefused) answer(response, 429, failure(429, 'TooManyRequests'), { 'retry-after': '300' });
      return isRefused;
    };
    const failures: number[] = [];
    const { reflector } = await follow(thingServer, { onError: (_, pause) => void failures.push(pause) });
    await until(() => failures.length === 1);
    expect(failures[0]).toBeGreaterThanOrEqual(300_000);
    isRefused = false;
    await reflector.refresh();
    expect(reflector.hasSynced).toBe(true);
  });

  it('lists the newest state when a living server sends nothing on a watch, not even bookmarks', async () => {
    const thingServer = new ThingServer();
    const { store } = await follow(thingServer, { longestSilence: 300 });
    await until(() => thingServer.watches.length === 1);
    const bookmarks = setInterval(() => thingServer.send({ type: 'BOOKMARK', object: thing('', '12') }), 50);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(thingServer.watches).toHaveLength(1);
    thingServer.resourceVersion = '14';
    clearInterval(bookmarks);
    await until(() => thingServer.watches.length === 2);
    expect(thingServer.lists.map((query) => query.get('resourceVersion'))).toEqual(['0', null]);
    expect(thingServer.watches[1]?.query.get('resourceVersion')).toBe('14');
    thingServer.send({ type: 'ADDED', object: thing('late', '15') });
    await until(() => store.size === 1);
  });

  it('lists the newest state when the server is older than what was seen of it before the connection broke', async () => {
    const thingServer = new ThingServer();
    thingServer.items = [thing('later', '9')];
    const { store } = await follow(thingServer);
    await until(() => thingServer.watches.length === 1);
    thingServer.items = [thing('restored', '4')];
    thingServer.resourceVersion = '5';
    thingServer.watches[0]?.response.socket?.resetAndDestroy();
    await until(() => thingServer.watches.length === 2);
    expect([...store.entries()].map(([key]) => key)).toEqual(['restored']);
    expect(thingServer.watches[1]?.query.get('resourceVersion')).toBe('5');
    expect(thingServer.looks.map((query) => query.get('resourceVersion'))).toEqual([null]);
  });

  it('lists the newest state when the server is older than what was seen of another resource', async () => {
    const thingServer = new ThingServer();
    thingServer.items = [thing('later', '9')];
    const { store, server } = await follow(thingServer);
    await until(() => thingServer.watches.length === 1);
    server.client.history.see('300', { plural: 'nodes' });
    server.client.history.see('9000', { plural: 'events' });
    thingServer.items = [thing('restored', '4')];
    thingServer.resourceVersion = '250';
    thingServer.watches[0]?.response.socket?.resetAndDestroy();
    await until(() => thingServer.watches.length === 2);
    expect([...store.entries()].map(([key]) => key)).toEqual(['restored']);
    expect(thingServer.watches[1]?.query.get('resourceVersion')).toBe('250');
  });

  it('lists the newest state when the server was found set back, also where it has come past all that was seen', async () => {
    const thingServer = new ThingServer();
    thingServer.items = [thing('later', '9')];
    const { store, server, errors } = await follow(thingServer);
    await until(() => thingServer.watches.length === 1);
    thingServer.items = [thing('restored', '4')];
    thingServer.resourceVersion = '20';
    server.client.history.setBack();
    await until(() => thingServer.watches.length === 2);
    expect([...store.entries()].map(([key]) => key)).toEqual(['restored']);
    expect(errors).toEqual([]);
  });

  it('tells everybody, once, that the server was set back', async () => {
    const thingServer = new ThingServer();
    thingServer.items = [thing('later', '9')];
    const { server } = await follow(thingServer);
    await until(() => thingServer.watches.length === 1);
    let told = 0;
    server.client.history.onSetBack(() => {
      told += 1;
    });
    thingServer.resourceVersion = '5';
    thingServer.watches[0]?.response.socket?.resetAndDestroy();
    await until(() => thingServer.watches.length === 2);
    expect(told).toBe(1);
    thingServer.watches[1]?.response.socket?.resetAndDestroy();
    await until(() => thingServer.watches.length === 3);
    expect(told).toBe(1);
  });

  it('lists the newest state when asked to, whatever the watch has seen', async () => {
    const thingServer = new ThingServer();
    thingServer.items = [thing('a', '5')];
    const { store, reflector, errors } = await follow(thingServer);
    await until(() => thingServer.watches.length === 1);
    thingServer.items = [thing('a', '5'), thing('b', '15')];
    thingServer.resourceVersion = '20';
    await reflector.refresh();
    expect([...store.entries()].map(([key]) => key)).toEqual(['a', 'b']);
    await until(() => thingServer.watches.length === 2);
    expect(thingServer.lists.map((query) => query.get('resourceVersion'))).toEqual(['0', null]);
    expect(errors).toEqual([]);
  });

  it('stops without an error', async () => {
    const thingServer = new ThingServer();
    const { errors, reflector } = await follow(thingServer);
    await until(() => thingServer.watches.length === 1);
    await reflector.stop();
    expect(errors).toEqual([]);
  });
});
