import {
  createRestClient,
  isConflict,
  isExpired,
  isTimeout,
  staticConnection,
  TransportError,
  type RestClient,
} from '@egressip-ipam/kube';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiServer, type ApiServer } from '../api-server/index.ts';
import { createFaultProxy, type FaultProxy } from './index.ts';

const path = '/api/v1/namespaces';

describe('createFaultProxy', () => {
  let server: ApiServer;
  let proxy: FaultProxy;
  let client: RestClient;
  let direct: RestClient;
  beforeEach(async () => {
    server = await createApiServer();
    proxy = await createFaultProxy({ target: { url: server.url }, random: () => 0.5 });
    client = createRestClient(staticConnection({ server: proxy.url }));
    direct = createRestClient(staticConnection({ server: server.url }));
  });
  afterEach(async () => {
    client.close();
    direct.close();
    await proxy.close();
    await server.stop();
  });
  const create = (name: string): Promise<unknown> => client.request('POST', path, { body: { metadata: { name } } });

  it('passes requests on', async () => {
    await create('one');
    expect(await client.request('GET', `${path}/one`)).toMatchObject({ metadata: { name: 'one' } });
    expect(proxy.counts()).toMatchObject({ passed: 2 });
  });

  it('answers a status to the next requests of a method and path, then no more', async () => {
    proxy.add({ fault: { kind: 'status', status: 409 }, method: 'POST', path: /namespaces/, times: 1 });
    proxy.add({ fault: { kind: 'status', status: 410 }, method: 'GET', times: 1 });
    await expect(create('one')).rejects.toSatisfy(isConflict);
    await expect(client.request('GET', path)).rejects.toSatisfy(isExpired);
    await create('one');
    expect(proxy.counts()).toMatchObject({ status: 2, passed: 1 });
  });

  it('throttles with Retry-After, which a client honours', async () => {
    proxy.add({ fault: { kind: 'status', status: 429, retryAfterSeconds: 0 }, times: 2 });
    await create('one');
    expect(proxy.counts()).toMatchObject({ status: 2, passed: 1 });
  });

  it('resets before or after the server applied the request', async () => {
    proxy.add({ fault: { kind: 'reset', when: 'before' }, method: 'POST', path: /./, times: 1 });
    await expect(create('before')).rejects.toSatisfy(TransportError.isInstance);
    proxy.add({ fault: { kind: 'reset', when: 'after' }, method: 'POST', times: 1 });
    await expect(create('after')).rejects.toSatisfy(TransportError.isInstance);
    await expect(direct.request('GET', `${path}/before`)).rejects.toMatchObject({ status: 404 });
    await expect(direct.request('GET', `${path}/after`)).resolves.toMatchObject({ metadata: { name: 'after' } });
  });

  it('draws the share of requests that meet a fault from the given numbers', async () => {
    proxy.add({ fault: { kind: 'drop' }, probability: 0.5 });
    await create('passes');
    proxy.add({ fault: { kind: 'drop' }, probability: 0.51 });
    await expect(client.request('GET', path, { deadline: 100 })).rejects.toSatisfy(isTimeout);
  });

  it('drops the answer of the third request that matches, when the server has applied it', async () => {
    proxy.add({ fault: { kind: 'drop', when: 'after' }, method: 'POST', skip: 2, times: 1 });
    await create('one');
    await create('two');
    await expect(
      client.request('POST', path, { body: { metadata: { name: 'three' } }, deadline: 100 }),
    ).rejects.toSatisfy(isTimeout);
    await expect.poll(() => proxy.counts().drop).toBe(1);
    await expect(direct.request('GET', `${path}/three`)).resolves.toMatchObject({ metadata: { name: 'three' } });
    await create('four');
  });

  it('half-open: nothing passes until the release', async () => {
    await create('one');
    proxy.freeze();
    await expect(client.request('GET', path, { deadline: 100 })).rejects.toSatisfy(isTimeout);
    const held = client.request('GET', `${path}/one`);
    proxy.release();
    await expect(held).resolves.toMatchObject({ metadata: { name: 'one' } });
  });

  it('cuts watches', async () => {
    const watch = await client.open(path, { query: { watch: true }, signal: new AbortController().signal });
    const ended = new Promise((resolve) => watch.once('error', resolve).once('end', resolve));
    watch.resume();
    expect(proxy.cutWatches()).toBe(1);
    await ended;
  });
});
