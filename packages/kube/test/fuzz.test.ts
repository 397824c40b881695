import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import type { Clock } from '../src/clock/clock.ts';
import { systemClock } from '../src/clock/clock.ts';
import { ApiError } from '../src/errors/api-error.ts';
import { TransportError } from '../src/errors/transport-error.ts';
import type { KubernetesObject } from '../src/object/object.ts';
import { ResourceClient } from '../src/resource/resource-client.ts';
import { createMutator, type Mutator } from '../src/testing/mutator.ts';
import { startTestServer, until } from '../src/testing/test-server.ts';
import { thing, thingList, things, ThingServer } from '../src/testing/thing-server.ts';
import { Reflector } from '../src/watch/reflector.ts';
import { watch } from '../src/watch/watch-stream.ts';

/** Answers that are tried; 10,000 in nightly runs. */
const rounds = Number(process.env.FUZZ_ROUNDS ?? 1_500);
const seed = Number(process.env.FUZZ_SEED ?? 1);

const list = thingList({ resourceVersion: '20' }, [thing('a', '5'), thing('b', '6')]);
const events = [
  { type: 'ADDED', object: { apiVersion: 'test.io/v1', kind: 'Thing', ...thing('c', '21') } },
  { type: 'MODIFIED', object: thing('a', '22', 'b') },
  { type: 'DELETED', object: thing('b', '23') },
  { type: 'BOOKMARK', object: { kind: 'Thing', metadata: { resourceVersion: '24' } } },
  {
    type: 'ERROR',
    object: {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      code: 410,
      reason: 'Expired',
      message: 'old',
      details: { retryAfterSeconds: 1, causes: [{ reason: 'x' }] },
    },
  },
];
const statuses = [200, 200, 200, 200, 200, 200, 201, 204, 301, 400, 404, 410, 429, 500, 503, 504, 599];
const heads = [
  {},
  {},
  {},
  { 'content-type': 'text/plain' },
  { 'retry-after': '999999999' },
  { 'retry-after': '0' },
  { 'retry-after': '-1' },
  { 'retry-after': 'Wed, 21 Oct 2099 07:28:00 GMT' },
];

/** Answers with what is nearly right. */
function answerWrongly(mutator: Mutator, response: ServerResponse, bodies: readonly unknown[]): void {
  const values = bodies.map((body) => (mutator.below(2) === 0 ? mutator.value(body) : body));
  const text = values.map((value) => JSON.stringify(value) ?? 'undefined').join('\n');
  const status = statuses[mutator.below(statuses.length)] ?? 200;
  response.writeHead(status, { 'content-type': 'application/json', ...heads[mutator.below(heads.length)] });
  response.end(status === 204 ? undefined : `${mutator.below(3) === 0 ? mutator.text(text) : text}\n`);
}

function expectTold(error: unknown): void {
  if (!ApiError.isInstance(error) && !TransportError.isInstance(error)) throw error;
  expect(error.message.length).toBeLessThan(6_000);
  expect(error.message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
}

function expectThing({ apiVersion, kind, metadata }: KubernetesObject): void {
  expect([apiVersion, kind, typeof metadata.name, metadata.name === '', typeof metadata.resourceVersion]).toEqual([
    'test.io/v1',
    'Thing',
    'string',
    false,
    'string',
  ]);
}

it('takes of a wrong answer what is right, or says that it is wrong', { timeout: 60_000 + 20 * rounds }, async () => {
  const mutator = createMutator(seed);
  const server = await startTestServer((request, response) => {
    if (request.url?.includes('watch=true'))
      answerWrongly(mutator, response, events.slice(mutator.below(events.length)));
    else if (request.url?.includes('/things/')) answerWrongly(mutator, response, [thing('a', '5')]);
    else answerWrongly(mutator, response, [list]);
  });
  const client = new ResourceClient(server.client, things);
  let told = 0;
  for (let round = 0; round < rounds; round++) {
    const signal = AbortSignal.timeout(5_000);
    // A 429 is asked again; here it need not wait for the time that it names.
    const options = { signal, deadline: 900 };
    try {
      if (round % 3 === 0) (await client.list(options)).items.forEach(expectThing);
      else if (round % 3 === 1)
        expect((await client.mergePatch({ name: 'a' }, {}, options)).metadata.name).toBeTypeOf('string');
      else
        for await (const event of watch(client, { resourceVersion: '20', timeoutSeconds: 60, signal })) {
          if (event.type === 'error') expectTold(event.error);
          else if (event.type === 'bookmark') expect(event.resourceVersion).toMatch(/./);
          else expectThing(event.object);
        }
    } catch (error) {
      expectTold(error);
      told++;
    }
  }
  expect(told).toBeGreaterThan(rounds / 3);
  await until(() => server.sockets.size < 40);
  await server.close();
});

it(
  'goes on following through wrong answers, and is right again after them',
  { timeout: 120_000 + 20 * rounds },
  async () => {
    const mutator = createMutator(seed + 1);
    const thingServer = new ThingServer();
    thingServer.items = [thing('a', '5'), thing('b', '6')];
    let left = Math.floor(rounds / 5);
    thingServer.intercept = (kind, response) => {
      if (left <= 0) return false;
      left--;
      answerWrongly(mutator, response, kind === 'list' ? [list] : events.slice(mutator.below(events.length)));
      return true;
    };
    // A second is a millisecond, for whoever waits.
    const hasty: Clock = {
      ...systemClock,
      setTimeout: (callback, milliseconds) => systemClock.setTimeout(callback, milliseconds / 1_000),
    };
    const server = await startTestServer((request, response) => thingServer.handle(request.url ?? '', response), {
      clock: {
        ...hasty,
        setTimeout: (callback, milliseconds) =>
          (milliseconds >= 900 && milliseconds <= 300_000 ? hasty : systemClock).setTimeout(callback, milliseconds),
      },
      deadline: 30_001,
      liveness: { interval: 3_600_000, deadline: 600_000 },
    });
    const errors: unknown[] = [];
    const reflector = new Reflector<unknown>({
      client: new ResourceClient(server.client, things),
      project: ({ spec }) => spec,
      consistency: 'latest',
      longestSilence: 600_000,
      onError: (error) => void errors.push(error),
    });
    reflector.start();
    await until(() => left <= 0, 100 + rounds / 50);
    thingServer.resourceVersion = '1000';
    thingServer.items = [thing('a', '900', 'last'), thing('d', '901', 'last')];
    await reflector.refresh();
    expect([...reflector.store.entries()].filter(([key]) => key === 'a' || key === 'd')).toEqual([
      ['a', { value: 'last' }],
      ['d', { value: 'last' }],
    ]);
    errors.forEach(expectTold);
    expect(errors.length).toBeGreaterThan(10);
    await reflector.stop();
    await server.close();
  },
);
