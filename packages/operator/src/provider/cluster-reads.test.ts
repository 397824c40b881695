import type { ClusterRead } from '@egressip-ipam/core';
import { createRestClient, ResourceClient, staticConnection } from '@egressip-ipam/kube';
import { createApiServer } from '@egressip-ipam/sandbox';
import { expect, it } from 'vitest';
import { namespaces } from '../network/resources.ts';
import { readOnce, watchReads } from './cluster-reads.ts';

it('keeps of what a provider reads what it asks for, and all where it does not say', async () => {
  const server = await createApiServer();
  try {
    const rest = createRestClient(staticConnection({ server: server.url }));
    await new ResourceClient(rest, namespaces).create({
      metadata: { name: 'somebody', annotations: { long: 'x'.repeat(1_000) } },
    });
    const whole: ClusterRead = {
      resource: { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' },
      name: 'somebody',
    };
    const read: ClusterRead = { ...whole, keep: (object) => ({ size: JSON.stringify(object).length }) };
    const slim = [{ size: expect.any(Number) }];
    expect((await readOnce(rest, [read], undefined))('Namespace')).toEqual(slim);
    expect((await readOnce(rest, [whole], undefined))('Namespace')).toMatchObject([{ metadata: { name: 'somebody' } }]);
    const watched = await watchReads(rest, [read], undefined, () => undefined);
    expect(watched.objects('Namespace')).toEqual(slim);
    await watched.stop();
  } finally {
    await server.stop();
  }
});
