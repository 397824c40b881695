import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRestClient,
  isConflict,
  isInvalid,
  isNotFound,
  isUnauthorized,
  openApiDocument,
  Reflector,
  ResourceClient,
  servedResources,
  staticConnection,
  type Resource,
  type RestClient,
  type StoreChange,
} from '../src/index.ts';
import { findAssets, startApiServer, type ApiServer } from './api-server.ts';

const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };
const namespaces: Resource = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false };
const assets = findAssets();

// Without the two programs there is nothing to test against; see the repository's notes on how to get them.
describe.skipIf(assets === undefined)('against a real kube-apiserver', () => {
  let server: ApiServer;
  let rest: RestClient;
  let maps: ResourceClient;

  beforeAll(async () => {
    server = await startApiServer(assets ?? '');
    rest = await connect(server.token);
    await until(async () => (await rest.request('GET', '/readyz').catch(() => undefined)) === 'ok');
    maps = new ResourceClient(rest, configMaps);
  });
  afterAll(async () => {
    rest.close();
    await server.stop();
  });

  async function connect(token: string): Promise<RestClient> {
    return createRestClient(staticConnection({ server: server.server, token, tls: { ca: await readFile(server.certificateFile) } }));
  }

  it('creates, reads, patches, applies and deletes', async () => {
    const name = { name: 'verbs', namespace: 'default' };
    const created = await maps.create({ metadata: name, data: { a: '1' } });
    expect(created.metadata.uid).toBeTypeOf('string');
    expect(await maps.get(name)).toMatchObject({ kind: 'ConfigMap', data: { a: '1' } });
    expect(await maps.mergePatch(name, { data: { a: null, b: '2' } })).toMatchObject({ data: { b: '2' } });
    expect(await maps.jsonPatch(name, [{ op: 'test', path: '/data/b', value: '2' }, { op: 'replace', path: '/data/b', value: '3' }])).toMatchObject({ data: { b: '3' } });
    expect(await maps.apply({ metadata: name, data: { c: '4' } }, { fieldManager: 'test' })).toMatchObject({ data: { b: '3', c: '4' } });
    await expect(maps.apply({ metadata: name, data: { b: '5' } }, { fieldManager: 'other' })).rejects.toSatisfy(isConflict);
    await expect(maps.mergePatch(name, { metadata: { resourceVersion: created.metadata.resourceVersion }, data: { b: '6' } })).rejects.toSatisfy(isConflict);
    await expect(maps.delete(name, { preconditions: { uid: 'another' } })).rejects.toSatisfy(isConflict);
    await maps.delete(name);
    await expect(maps.get(name)).rejects.toSatisfy(isNotFound);
  });

  it('tells errors by type', async () => {
    await expect(maps.create({ metadata: { name: 'Not_Valid', namespace: 'default' } })).rejects.toSatisfy(isInvalid);
    const stranger = await connect('no such token');
    await expect(new ResourceClient(stranger, configMaps).get({ name: 'a', namespace: 'default' })).rejects.toSatisfy(isUnauthorized);
  });

  it('discovers what is served and reads its OpenAPI document', async () => {
    expect(await servedResources(rest, 'v1')).toContainEqual(expect.objectContaining({ name: 'configmaps', kind: 'ConfigMap', namespaced: true }));
    expect(await servedResources(rest, 'no.such.group/v1')).toBeUndefined();
    expect(await openApiDocument(rest, 'coordination.k8s.io/v1')).toHaveProperty('components.schemas');
  });

  it('follows a collection: pages, changes, deletions, answers ahead of events', async () => {
    await new ResourceClient(rest, namespaces).create({ metadata: { name: 'followed' } });
    const name = (index: number) => ({ name: `map-${index}`, namespace: 'followed' });
    await Promise.all(Array.from({ length: 25 }, (_, index) => maps.create({ metadata: name(index), data: { value: 'first' } })));
    const changes: StoreChange<string>[] = [];
    const reflector = new Reflector({
      client: maps,
      namespace: 'followed',
      pageSize: 10,
      consistency: 'latest',
      project: ({ data }) => JSON.stringify(data),
      onChange: (change) => changes.push(change),
    });
    reflector.start();
    await reflector.whenSynced();
    expect(reflector.store.size).toBe(25);
    reflector.store.upsertFromResponse(await maps.mergePatch(name(3), { data: { value: 'second' } }));
    expect(reflector.store.get('followed/map-3')).toBe('{"value":"second"}');
    await maps.delete(name(4));
    await until(() => reflector.store.size === 24);
    await maps.mergePatch(name(5), { metadata: { labels: { unseen: 'true' } } });
    await maps.create({ metadata: name(26), data: { value: 'new' } });
    await until(() => reflector.store.size === 25);
    await reflector.stop();
    expect(changes.slice(25).map(({ type, key }) => `${type} ${key}`)).toEqual([
      'updated followed/map-3', 'deleted followed/map-4', 'added followed/map-26',
    ]);
  });

});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (await condition()) return;
    await wait(50);
  }
  throw new Error('the condition did not come true within 20 s');
}
