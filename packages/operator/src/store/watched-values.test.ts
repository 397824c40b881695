import { createRestClient, ResourceClient, staticConnection, type Resource } from '@egressip-ipam/kube';
import { createApiServer } from '@egressip-ipam/sandbox';
import { expect, it } from 'vitest';
import { WatchedValues } from './watched-values.ts';

const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };

it('has what is read, sorted, and says of which kind so much is missing that it is read once more', async () => {
  let server = await createApiServer();
  const rest = createRestClient(staticConnection({ server: server.url }));
  const said: string[] = [];
  const names = new WatchedValues({
    rest,
    resource: configMaps,
    read: (object) => [(object as { readonly metadata: { readonly name: string } }).metadata.name],
    keyOf: (name) => name,
    onChange: () => undefined,
    onError: () => undefined,
    onResumed: () => undefined,
    onVanishing: (kind, { missing, outcome }) => said.push(`${kind} ${missing} ${outcome}`),
  });
  const client = new ResourceClient(rest, configMaps);
  for (const name of ['b', 'a', 'c']) await client.create({ metadata: { name, namespace: 'default' } });
  names.start();
  await expect.poll(() => names.hasSynced && names.list().filter((name) => name.length === 1)).toEqual(['a', 'b', 'c']);
  expect(names.list()).toBe(names.list());
  const { port } = new URL(server.url);
  await server.stop();
  server = await createApiServer({ port: Number(port) });
  await expect.poll(() => said[0], { timeout: 20_000 }).toMatch(/^ConfigMap 3 doubted$/);
  await expect.poll(() => said[1], { timeout: 20_000 }).toMatch(/^ConfigMap 3 confirmed$/);
  await expect.poll(() => names.list()).toEqual([]);
  await names.stop();
  rest.close();
  await server.stop();
}, 60_000);
