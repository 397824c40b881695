import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiServer } from '../create-api-server.ts';
import { createApiServer } from '../create-api-server.ts';
import type { TestClient } from '../testing/test-client.ts';
import { createTestClient } from '../testing/test-client.ts';
import { widget, widgetCrd, widgets } from '../testing/widget-crd.ts';

let server: ApiServer;
let client: TestClient;

beforeAll(async () => {
  server = await createApiServer({ crds: [widgetCrd] });
  client = createTestClient(server);
});
afterAll(() => server.stop());

describe('schema of a custom resource', () => {
  it.each([
    [{ size: 'x' }, 'spec.size', 'FieldValueTypeInvalid'],
    [{ size: 0 }, 'spec.size', 'FieldValueInvalid'],
    [{ size: 10 }, 'spec.size', 'FieldValueInvalid'],
    [{}, 'spec.size', 'FieldValueRequired'],
    [{ size: 1, mode: 'odd' }, 'spec.mode', 'FieldValueNotSupported'],
    [{ size: 1, address: '1.2.3' }, 'spec.address', 'FieldValueTypeInvalid'],
    [{ size: 1, name: 'x' }, 'spec.name', 'FieldValueInvalid'],
    [{ size: 1, name: 'xxxxx' }, 'spec.name', 'FieldValueTooLong'],
    [{ size: 1, port: true }, 'spec.port', 'FieldValueTypeInvalid'],
    [{ size: 1, tags: ['a', 'a'] }, 'spec.tags[1]', 'FieldValueDuplicate'],
    [{ size: 1, tags: ['a', 'b', 'c', 'd'] }, 'spec.tags', 'FieldValueTooMany'],
    [{ size: 1, parts: [{ name: 'a' }, { name: 'a' }] }, 'spec.parts[1]', 'FieldValueDuplicate'],
    [{ size: 1, parts: [{}] }, 'spec.parts[0].name', 'FieldValueRequired'],
    [{ size: 1, labels: { a: 1 } }, 'spec.labels.a', 'FieldValueTypeInvalid'],
  ])('refuses %j at %s as %s', async (spec, field, reason) => {
    const { code, body } = await client.send('POST', widgets, widget('refused', spec));
    expect(code).toBe(422);
    expect(body).toMatchObject({ reason: 'Invalid', details: { kind: 'Widget', causes: [{ field, reason }] } });
  });

  it('accepts both forms of an int-or-string', async () => {
    for (const port of [80, 'http']) {
      const { code } = await client.send('POST', widgets, widget(`port-${port}`, { size: 1, port }));
      expect(code).toBe(201);
    }
  });

  it('fills in defaults, drops what it does not know, keeps what it is told to', async () => {
    const spec = { size: 1, typo: 1, note: null, parts: [{ name: 'a', typo: 1 }], extra: { any: { thing: 1 } } };
    const created = await client.object('POST', widgets, widget('pruned', spec));
    expect(created['spec']).toEqual({
      size: 1,
      mode: 'fast',
      note: null,
      parts: [{ name: 'a', value: 'none' }],
      extra: { any: { thing: 1 } },
    });
  });

  it('serves every version of a resource over one collection', async () => {
    await client.object('POST', widgets, widget('versions'));
    const v2 = await client.object('GET', widgets.replace('/v1/', '/v2/') + '/versions');
    expect(v2.apiVersion).toBe('test.example/v2');
  });

  it('refuses a definition that it cannot serve', async () => {
    const names = { plural: 'a', kind: 'A' };
    const spec = { group: 'b.c', scope: 'Cluster', names, versions: [], conversion: { strategy: 'Webhook' } };
    const definition = { metadata: { name: 'a.b.c' }, spec };
    const { code, body } = await client.send(
      'POST',
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      definition,
    );
    expect(code).toBe(422);
    expect(String(body['message'])).toContain('spec.conversion.strategy');
  });

  it('establishes a definition that was generated with an empty status', async () => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }];
    const spec = { group: 'test.example', scope: 'Cluster', names: { plural: 'gears', kind: 'Gear' }, versions };
    const status = { acceptedNames: { kind: '', plural: '' }, conditions: [], storedVersions: [] };
    await client.object('POST', path, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'gears.test.example' },
      spec,
      status,
    });
    const { body } = await client.send('GET', `${path}/gears.test.example`);
    expect(body['status']).toMatchObject({
      acceptedNames: { kind: 'Gear' },
      conditions: [{ type: 'NamesAccepted' }, { type: 'Established', status: 'True' }],
    });
  });

  it('removes the objects of a definition with it', async () => {
    const own = await createApiServer({ crds: [widgetCrd] });
    const other = createTestClient(own);
    await other.object('POST', widgets, widget('a'));
    await other.object('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.test.example');
    const { code } = await other.send('GET', widgets);
    await own.stop();
    expect(code).toBe(404);
  });
});
