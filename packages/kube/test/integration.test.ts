import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRestClient,
  EventRecorder,
  isConflict,
  isInvalid,
  isNotFound,
  isUnauthorized,
  LeaderElector,
  leases,
  openApiDocument,
  referenceTo,
  Reflector,
  ResourceClient,
  servedResources,
  staticConnection,
  type Resource,
  type RestClient,
  type StoreChange,
} from '../src/index.ts';
import { startNetwork } from './network.ts';
import { findAssets, startApiServer, type ApiServer } from './api-server.ts';
import { noRealServer, unless } from '../../../tools/testing/unless.ts';

const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };
const namespaces: Resource = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false };
const assets = findAssets();

describe('against a real kube-apiserver', unless(assets === undefined, noRealServer), () => {
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

  async function connect(token: string, url = server.server): Promise<RestClient> {
    return createRestClient(
      staticConnection({ server: url, token, tls: { ca: await readFile(server.certificateFile) } }),
      { liveness: { interval: 500, deadline: 500 } },
    );
  }

  it('creates, reads, patches, applies and deletes', async () => {
    const name = { name: 'verbs', namespace: 'default' };
    const created = await maps.create({ metadata: name, data: { a: '1' } });
    expect(created.metadata.uid).toBeTypeOf('string');
    expect(await maps.get(name)).toMatchObject({ kind: 'ConfigMap', data: { a: '1' } });
    expect(await maps.mergePatch(name, { data: { a: null, b: '2' } })).toMatchObject({ data: { b: '2' } });
    expect(
      await maps.jsonPatch(name, [
        { op: 'test', path: '/data/b', value: '2' },
        { op: 'replace', path: '/data/b', value: '3' },
      ]),
    ).toMatchObject({ data: { b: '3' } });
    expect(await maps.apply({ metadata: name, data: { c: '4' } }, { fieldManager: 'test' })).toMatchObject({
      data: { b: '3', c: '4' },
    });
    await expect(maps.apply({ metadata: name, data: { b: '5' } }, { fieldManager: 'other' })).rejects.toSatisfy(
      isConflict,
    );
    await expect(
      maps.mergePatch(name, { metadata: { resourceVersion: created.metadata.resourceVersion }, data: { b: '6' } }),
    ).rejects.toSatisfy(isConflict);
    await expect(maps.delete(name, { preconditions: { uid: 'another' } })).rejects.toSatisfy(isConflict);
    await maps.delete(name);
    await expect(maps.get(name)).rejects.toSatisfy(isNotFound);
  });

  it('tells errors by type', async () => {
    await expect(maps.create({ metadata: { name: 'Not_Valid', namespace: 'default' } })).rejects.toSatisfy(isInvalid);
    const stranger = await connect('no such token');
    await expect(new ResourceClient(stranger, configMaps).get({ name: 'a', namespace: 'default' })).rejects.toSatisfy(
      isUnauthorized,
    );
  });

  it('goes on watching while a CRD changes under it, and asks the server few times only', async () => {
    const widgets: Resource = { group: 'test.io', version: 'v1', plural: 'widgets', kind: 'Widget', namespaced: false };
    const definitions = new ResourceClient(rest, {
      group: 'apiextensions.k8s.io',
      version: 'v1',
      plural: 'customresourcedefinitions',
      kind: 'CustomResourceDefinition',
      namespaced: false,
    });
    const schema = (description: string): object => ({
      openAPIV3Schema: { type: 'object', description, 'x-kubernetes-preserve-unknown-fields': true },
    });
    const spec = (description: string): object => ({
      group: 'test.io',
      scope: 'Cluster',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: schema(description) }],
    });
    await definitions.create({ metadata: { name: 'widgets.test.io' }, spec: spec('first') });
    const client = new ResourceClient(rest, widgets);
    await until(() =>
      client.list().then(
        () => true,
        () => false,
      ),
    );
    const errors: unknown[] = [];
    const reflectors: Reflector<string>[] = [];
    const follow = async (): Promise<void> => {
      const reflector = new Reflector({
        client,
        project: ({ metadata }) => metadata.name,
        onError: (error) => void errors.push(error),
      });
      reflectors.push(reflector);
      reflector.start();
      await reflector.whenSynced();
    };
    await follow();
    for (const description of ['second', 'third']) {
      const { metadata } = await definitions.get({ name: 'widgets.test.io' });
      await definitions.replace({ metadata, spec: spec(description) });
      await follow();
      await client.create({ metadata: { name: description } });
    }
    for (const reflector of reflectors) await until(() => Promise.resolve(reflector.store.size === 2));
    expect(errors.length).toBeLessThan(30);
    for (const reflector of reflectors) await reflector.stop();
  });

  it('discovers what is served and reads its OpenAPI document', async () => {
    expect(await servedResources(rest, 'v1')).toContainEqual(
      expect.objectContaining({ name: 'configmaps', kind: 'ConfigMap', namespaced: true }),
    );
    expect(await servedResources(rest, 'no.such.group/v1')).toBeUndefined();
    expect(await openApiDocument(rest, 'coordination.k8s.io/v1')).toHaveProperty('components.schemas');
  });

  it('follows a collection: pages, changes, deletions, answers ahead of events', async () => {
    await new ResourceClient(rest, namespaces).create({ metadata: { name: 'followed' } });
    const name = (index: number) => ({ name: `map-${index}`, namespace: 'followed' });
    await Promise.all(
      Array.from({ length: 25 }, (_, index) => maps.create({ metadata: name(index), data: { value: 'first' } })),
    );
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
      'updated followed/map-3',
      'deleted followed/map-4',
      'added followed/map-26',
    ]);
  });

  it('elects one leader at a time with a real Lease', async () => {
    const elect = (identity: string) =>
      new LeaderElector({ client: rest, namespace: 'default', name: 'leader', identity, retryPeriod: 100 });
    const [first, second] = [elect('first'), elect('second')];
    first.start();
    await until(() => first.isLeader);
    second.start();
    await until(() => second.leader === 'first');
    expect(second.isLeader).toBe(false);
    await first.stop();
    const released = performance.now();
    await until(() => second.isLeader);
    expect(performance.now() - released).toBeLessThan(3_000);
    const lease = await new ResourceClient(rest, leases).get({ name: 'leader', namespace: 'default' });
    expect(lease.spec).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
    await second.stop();
  });

  it('records Events that the server accepts and counts', async () => {
    const dropped: unknown[] = [];
    const recorder = new EventRecorder({
      client: rest,
      component: 'tester',
      instance: 'tester-1',
      onDropped: (_input, cause) => dropped.push(cause),
    });
    const object = referenceTo(await new ResourceClient(rest, namespaces).get({ name: 'default' }));
    const input = { object, type: 'Warning', reason: 'Pending', message: 'x'.repeat(2_000) } as const;
    recorder.record(input);
    await recorder.flush(5_000);
    recorder.record(input);
    await recorder.stop(5_000);
    expect(dropped).toEqual([]);
    const { items } = await new ResourceClient(rest, {
      group: '',
      version: 'v1',
      plural: 'events',
      kind: 'Event',
      namespaced: true,
    }).list({ namespace: 'default', fieldSelector: 'involvedObject.kind=Namespace,involvedObject.name=default' });
    expect(items).toEqual([expect.objectContaining({ count: 2, reason: 'Pending' })]);
  });

  it('is right again soon after a network that let nothing through is back', async () => {
    const network = await startNetwork(server.server);
    const through = await connect(server.token, network.url);
    const reflector = new Reflector({
      client: new ResourceClient(through, configMaps),
      namespace: 'default',
      project: ({ metadata }) => metadata.name,
    });
    reflector.start();
    await reflector.whenSynced();
    await until(() => network.bytes() > 0 && reflector.lastSeen !== undefined);
    network.cut();
    await until(() => !through.liveness.alive);
    network.restore();
    await maps.create({ metadata: { name: 'missed', namespace: 'default' } });
    const start = performance.now();
    await until(() => reflector.store.get('default/missed') === 'missed');
    expect(performance.now() - start).toBeLessThan(10_000);
    await reflector.stop();
    through.close();
    network.close();
  });
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (await condition()) return;
    await wait(50);
  }
  throw new Error('the condition did not come true within 20 s');
}
