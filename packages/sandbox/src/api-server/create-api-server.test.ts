import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ApiServer } from './create-api-server.ts';
import { createApiServer } from './create-api-server.ts';
import { exchange } from './testing/http-exchange.ts';
import type { TestClient } from './testing/test-client.ts';
import { createTestClient } from './testing/test-client.ts';
import { openWatch } from './testing/watch-client.ts';
import { widget, widgetCrd, widgets } from './testing/widget-crd.ts';

let server: ApiServer;
let client: TestClient;

beforeAll(async () => {
  server = await createApiServer({ crds: [widgetCrd], clock: { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) } });
  client = createTestClient(server);
});
afterAll(() => server.stop());

describe('createApiServer', () => {
  it('takes its time from the clock it is given', async () => {
    const { metadata } = await client.object('POST', widgets, widget('timed'));
    expect(metadata.creationTimestamp).toBe('2026-01-02T03:04:05Z');
  });

  it('is described by its kubeconfig, discovery and OpenAPI', async () => {
    expect(parse(server.kubeconfig('t'))).toMatchObject({
      clusters: [{ cluster: { server: server.url } }],
      users: [{ user: { token: 't' } }],
    });
    expect((await exchange(server, { method: 'GET', path: '/readyz' })).text).toBe('ok');
    const discovery = await client.send('GET', '/apis/test.example/v1');
    expect(discovery.body['resources']).toMatchObject([
      { name: 'widgets', shortNames: ['wd'] },
      { name: 'widgets/status' },
    ]);
    const openApi = await client.send('GET', '/openapi/v3/apis/test.example/v1');
    expect(openApi.body).toMatchObject({
      components: { schemas: { 'example.test.v1.Widget': { required: ['spec'] } } },
    });
  });

  it('empties and removes a deleted namespace, and waits for finalizers in it', async () => {
    await client.object('POST', '/api/v1/namespaces', { metadata: { name: 'going' } });
    const inside = '/api/v1/namespaces/going/configmaps';
    await client.object('POST', inside, { metadata: { name: 'free' } });
    await client.object('POST', inside, { metadata: { name: 'held', finalizers: ['a.b/c'] } });
    const since = server.resourceVersion();
    const contents = await openWatch(`${server.url}${inside}?watch=1&resourceVersion=${since}`);
    const namespaces = await openWatch(`${server.url}/api/v1/namespaces?watch=1&resourceVersion=${since}`);
    await client.object('DELETE', '/api/v1/namespaces/going');
    expect(await contents.next()).toMatchObject({ type: 'DELETED', name: 'free' });
    expect(await contents.next()).toMatchObject({ type: 'MODIFIED', name: 'held' });
    expect(await namespaces.next()).toMatchObject({ type: 'MODIFIED', object: { status: { phase: 'Terminating' } } });
    await client.mergePatch(`${inside}/held`, { metadata: { finalizers: null } });
    expect(await namespaces.next()).toMatchObject({ type: 'DELETED', name: 'going' });
    contents.close();
    namespaces.close();
  });

  it.each([
    ['DELETE', widgets, 'deletion of whole collections'],
    ['POST', `${widgets}?dryRun=All`, 'dry run'],
  ])('refuses %s %s and says what is missing', async (method, path, what) => {
    const { code, body } = await client.send(method, path, method === 'POST' ? widget('refused') : undefined);
    expect(code).toBe(501);
    expect(body['message']).toContain(what);
  });

  it.each(['/api/v1/pods', '/apis/apps/v1/deployments', '/metrics'])(
    'answers 404 for %s and names it',
    async (path) => {
      const { code, body } = await client.send('GET', path);
      expect(code).toBe(404);
      expect(body['message']).toMatch(/pods|deployments|metrics/);
    },
  );

  it('takes a body of 3 MiB and no more', async () => {
    const data = { a: 'x'.repeat(3 * 1024 * 1024) };
    const { code } = await client.send('POST', '/api/v1/namespaces/default/configmaps', {
      metadata: { name: 'big' },
      data,
    });
    expect(code).toBe(413);
  });
});
