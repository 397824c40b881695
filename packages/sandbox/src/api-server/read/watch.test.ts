import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiServer } from '../create-api-server.ts';
import { createApiServer } from '../create-api-server.ts';
import type { TestClient } from '../testing/test-client.ts';
import { createTestClient } from '../testing/test-client.ts';
import { openWatch } from '../testing/watch-client.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
let server: ApiServer;
let client: TestClient;

const create = (name: string, labels = {}) => client.object('POST', configMaps, { metadata: { name, labels } });

beforeEach(async () => {
  server = await createApiServer({ historyLimit: 5 });
  client = createTestClient(server);
});
afterEach(() => server.stop());

describe('watch', () => {
  it('streams what happens after a resourceVersion, in order and once', async () => {
    await create('before');
    const since = server.resourceVersion();
    await create('missed');
    const watch = await openWatch(`${server.url}${configMaps}?watch=1&resourceVersion=${since}`);
    await client.mergePatch(`${configMaps}/before`, { data: { a: 'b' } });
    await client.send('DELETE', `${configMaps}/missed`);
    const lines = [await watch.next(), await watch.next(), await watch.next()];
    expect(lines.map((line) => `${line?.type} ${line?.name}`)).toEqual([
      'ADDED missed',
      'MODIFIED before',
      'DELETED missed',
    ]);
    const revisions = lines.map((line) => Number(line?.resourceVersion));
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    watch.close();
  });

  it('starts with what there is when no resourceVersion is given', async () => {
    await create('a');
    const watch = await openWatch(`${server.url}${configMaps}?watch=true`);
    expect(await watch.next()).toMatchObject({ type: 'ADDED', name: 'a' });
    watch.close();
  });

  it('shows an object that begins or ceases to match as added or deleted', async () => {
    await create('a', { on: 'yes' });
    const since = server.resourceVersion();
    const watch = await openWatch(`${server.url}${configMaps}?watch=1&resourceVersion=${since}&labelSelector=on%3Dyes`);
    await client.mergePatch(`${configMaps}/a`, { metadata: { labels: { on: 'no' } } });
    await client.mergePatch(`${configMaps}/a`, { data: { unseen: 'x' } });
    await client.mergePatch(`${configMaps}/a`, { metadata: { labels: { on: 'yes' } } });
    expect(await watch.next()).toMatchObject({ type: 'DELETED', name: 'a' });
    expect(await watch.next()).toMatchObject({ type: 'ADDED', name: 'a' });
    watch.close();
  });

  it('answers 410 as an event when history is forgotten', async () => {
    const since = server.resourceVersion();
    await create('a');
    server.compact();
    const watch = await openWatch(`${server.url}${configMaps}?watch=1&resourceVersion=${since}`);
    const line = await watch.next();
    expect(line).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
    expect(await watch.next()).toBeUndefined();
  });

  it('forgets by itself beyond its history limit', async () => {
    const since = server.resourceVersion();
    for (let index = 0; index < 12; index += 1) await create(`c${index}`);
    const watch = await openWatch(`${server.url}${configMaps}?watch=1&resourceVersion=${since}`);
    expect(await watch.next()).toMatchObject({ type: 'ERROR' });
  });

  it('sends bookmarks to those who asked for them', async () => {
    const since = server.resourceVersion();
    const [asked, silent] = await Promise.all([
      openWatch(`${server.url}${configMaps}?watch=1&resourceVersion=${since}&allowWatchBookmarks=true`),
      openWatch(`${server.url}${configMaps}?watch=1&resourceVersion=${since}`),
    ]);
    await client.object('POST', '/api/v1/namespaces', { metadata: { name: 'elsewhere' } });
    server.sendBookmarks();
    expect(await asked.next()).toMatchObject({ type: 'BOOKMARK', resourceVersion: server.resourceVersion() });
    server.closeWatches();
    expect(await silent.next()).toBeUndefined();
  });

  it('streams initial events and marks their end', async () => {
    await create('a');
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = await openWatch(`${server.url}${configMaps}?${query}`);
    expect(await watch.next()).toMatchObject({ type: 'ADDED', name: 'a' });
    expect(await watch.next()).toMatchObject({
      type: 'BOOKMARK',
      object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    watch.close();
  });
});

describe('list', () => {
  it('pages through one revision while the world moves on', async () => {
    for (const name of ['a', 'b', 'c']) await create(name);
    const first = await client.send('GET', `${configMaps}?limit=2`);
    await client.send('DELETE', `${configMaps}/c`);
    await create('d');
    const metadata = first.body['metadata'] as { continue: string; resourceVersion: string };
    const second = await client.send('GET', `${configMaps}?limit=2&continue=${metadata.continue}`);
    expect(second.body).toMatchObject({
      metadata: { resourceVersion: metadata.resourceVersion },
      items: [{ metadata: { name: 'c' } }],
    });
  });

  it('answers 410 to a continue token that history does not reach', async () => {
    for (const name of ['a', 'b', 'c']) await create(name);
    const first = await client.send('GET', `${configMaps}?limit=2`);
    await create('d');
    server.compact();
    const { continue: token } = first.body['metadata'] as { continue: string };
    const { code, body } = await client.send('GET', `${configMaps}?limit=2&continue=${token}`);
    expect([code, body['reason']]).toEqual([410, 'Expired']);
  });
});
