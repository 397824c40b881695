import { createRestClient, ResourceClient, staticConnection, type RestClient } from '@egressip-ipam/kube';
import { createApiServer } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countObjects } from './count-objects.ts';
import { configMaps, namespaces } from './resources.ts';

let server: Awaited<ReturnType<typeof createApiServer>>;
let rest: RestClient;

beforeAll(async () => {
  server = await createApiServer({});
  rest = createRestClient(staticConnection({ server: server.url }));
  for (const name of ['none', 'one', 'many']) await new ResourceClient(rest, namespaces).create({ metadata: { name } });
  for (const [namespace, count] of Object.entries({ one: 1, many: 12 }))
    for (let index = 0; index < count; index += 1)
      await new ResourceClient(rest, configMaps).create({ metadata: { namespace, name: `c${index}` } });
});
afterAll(async () => {
  rest.close();
  await server.stop();
});

it('counts the objects of a namespace, and no others', async () => {
  const count = (namespace: string): Promise<number | undefined> => countObjects(rest, configMaps, namespace);
  expect([await count('none'), await count('one'), await count('many')]).toEqual([0, 1, 12]);
});

it('has no number of a kind that is not served', async () => {
  expect(await countObjects(rest, { ...configMaps, group: 'cilium.io' }, 'one')).toBeUndefined();
});
