import { afterEach, describe, expect, it } from 'vitest';
import { answer, failure, startTestServer, until, type Handler, type TestServer } from '../testing/test-server.ts';
import type { EventInput } from './event.ts';
import { EventRecorder, type EventRecorderOptions } from './event-recorder.ts';

let server: TestServer | undefined;
afterEach(() => server?.close());

function input(message: string, name = 'team-a'): EventInput {
  return {
    object: { apiVersion: 'v1', kind: 'Namespace', name, uid: 'u' },
    type: 'Warning',
    reason: 'Pending',
    message,
  };
}

const success: Handler = (_request, response, body) =>
  answer(response, 200, { metadata: { name: 'event' }, ...(JSON.parse(body) as object) });

const namedIn = (url = ''): object => ({ namespace: 'default', name: url.slice(url.lastIndexOf('/') + 1) });

async function makeRecorder(handler: Handler, options: Partial<EventRecorderOptions> = {}) {
  server = await startTestServer(handler);
  const dropped: unknown[] = [];
  const recorder = new EventRecorder({
    client: server.client,
    component: 'operator',
    instance: 'pod-1',
    onDropped: (_event, cause) => dropped.push(cause),
    ...options,
  });
  return {
    recorder,
    server,
    dropped,
    sent: () => (server?.bodies ?? []).map((body) => JSON.parse(body) as Record<string, unknown>),
  };
}

describe('EventRecorder', () => {
  it('creates an Event beside its object, then counts its repetitions in a patch', async () => {
    const { recorder, server, sent } = await makeRecorder((request, response, body) =>
      success(
        request,
        response,
        request.method === 'PATCH' ? JSON.stringify({ metadata: namedIn(request.url) }) : body,
      ),
    );
    recorder.record(input('no address is free'));
    await recorder.flush(5_000);
    recorder.record(input('no address is free'));
    recorder.record(input('no address is free'));
    await recorder.stop(5_000);
    const [created] = sent();
    expect(server.requests[0]).toBe('POST /api/v1/namespaces/default/events');
    expect(created).toMatchObject({
      count: 1,
      reason: 'Pending',
      type: 'Warning',
      involvedObject: { kind: 'Namespace', name: 'team-a', uid: 'u' },
      source: { component: 'operator' },
      reportingInstance: 'pod-1',
    });
    expect(server.requests[1]).toMatch(/^PATCH \/api\/v1\/namespaces\/default\/events\/team-a\.[0-9a-f]+$/);
    expect(sent().at(-1)).toMatchObject({ count: 3 });
  });

  it('merges what comes while another is under way', async () => {
    let proceed: () => void = () => undefined;
    const { recorder, server, sent } = await makeRecorder((request, response, body) => {
      const respond = (): void => success(request, response, body);
      if (server.requests.length === 1) proceed = respond;
      else respond();
    });
    recorder.record(input('first'));
    await until(() => server.requests.length === 1);
    for (let count = 0; count < 5; count++) recorder.record(input('second', 'team-b'));
    proceed();
    await recorder.flush(5_000);
    expect(sent().map((event) => (event as { count?: number }).count)).toEqual([1, 5]);
  });

  it('creates the Event anew when the server has dropped it', async () => {
    const { recorder, server } = await makeRecorder((request, response, body) =>
      request.method === 'PATCH' ? answer(response, 404, failure(404, 'NotFound')) : success(request, response, body),
    );
    recorder.record(input('x'));
    await recorder.flush(5_000);
    recorder.record(input('x'));
    await recorder.flush(5_000);
    expect(server.requests.map((request) => request.split(' ')[0])).toEqual(['POST', 'PATCH', 'POST']);
  });

  it('gives up what the server refuses and goes on with the next', async () => {
    const { recorder, server, dropped } = await makeRecorder((request, response, body) =>
      body.includes('"refused"') ? answer(response, 403, failure(403, 'Forbidden')) : success(request, response, body),
    );
    recorder.record(input('refused'));
    recorder.record(input('fine', 'team-b'));
    await recorder.flush(5_000);
    expect(server.requests).toHaveLength(2);
    expect(dropped).toEqual([expect.objectContaining({ status: 403 })]);
  });

  it('is bounded: in its queue and in the time of its end', async () => {
    const { recorder, dropped } = await makeRecorder(() => undefined, { queueSize: 2 });
    recorder.record(input('in flight'));
    for (const message of ['one', 'two', 'three']) recorder.record(input(message));
    expect(dropped).toEqual(['queue-full']);
    await recorder.stop(50);
    recorder.record(input('late'));
    expect(dropped).toHaveLength(5);
  });
});
