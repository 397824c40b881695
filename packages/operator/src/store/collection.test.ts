import { createRestClient, ResourceClient, staticConnection, type KubernetesObject } from '@egressip-ipam/kube';
import { createApiServer } from '@egressip-ipam/sandbox';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { namespaces } from '../network/resources.ts';
import { whyNotReady } from '../run/why-not-ready.ts';
import { Collection } from './collection.ts';

let server: Awaited<ReturnType<typeof createApiServer>>;
let client: ResourceClient;
let collection: Collection<{ readonly name: string; readonly label: string | undefined }>;

beforeEach(async () => {
  server = await createApiServer();
  const rest = createRestClient(staticConnection({ server: server.url }));
  client = new ResourceClient(rest, namespaces);
  collection = new Collection({
    rest,
    resource: namespaces,
    read: ({ metadata: { name, labels } }: KubernetesObject) => {
      if (labels?.['breaks'] === 'yes') throw new TypeError('no such\u001b[31m field');
      return { ok: true, value: { name, label: labels?.['breaks'] }, problems: [] };
    },
    onChange: () => undefined,
    onError: () => undefined,
    onVanishing: () => undefined,
    onResumed: () => undefined,
  });
});
afterEach(async () => {
  await collection.stop();
  await server.stop();
});

it('goes on without what its reader throws at, says so, and is not ready until that is read or gone', async () => {
  await client.create({ metadata: { name: 'known', labels: { breaks: 'no' } } });
  await client.create({ metadata: { name: 'new', labels: { breaks: 'yes' } } });
  collection.start();
  await expect.poll(() => collection.hasSynced).toBe(true);
  await client.mergePatch({ name: 'known' }, { metadata: { labels: { breaks: 'yes' } } });
  await expect
    .poll(() => collection.problems)
    .toMatchObject([
      { code: 'InvalidObject', severity: 'error', object: { kind: 'Namespace', name: 'new' } },
      { object: { name: 'known' }, message: expect.stringContaining('cannot be read: no such\\u001b[31m field') },
    ]);
  expect(collection.list().filter(({ name }) => ['known', 'new'].includes(name))).toEqual([
    { name: 'known', label: 'no' },
  ]);
  expect(whyNotReady([collection], undefined, 0)).toMatch(/^Namespace new cannot be read: .* \(and 1 more\)$/);
  await client.mergePatch({ name: 'known' }, { metadata: { labels: { breaks: null } } });
  await client.delete({ name: 'new' });
  await expect.poll(() => whyNotReady([collection], undefined, 0)).toBeUndefined();
});

it('has a write fail whose answer cannot be read: it would be written again at once, without end', async () => {
  collection.start();
  await expect.poll(() => collection.hasSynced).toBe(true);
  const written = await client.create({ metadata: { name: 'new', labels: { breaks: 'yes' } } });
  expect(() => collection.observe(written)).toThrow('what is there now cannot be read: no such');
  const mended = await client.mergePatch({ name: 'new' }, { metadata: { labels: { breaks: 'no' } } });
  expect(collection.observe(mended)).toBe(true);
});
