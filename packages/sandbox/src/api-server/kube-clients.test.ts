import {
  createRestClient,
  isConflict,
  Reflector,
  ResourceClient,
  servedResources,
  staticConnection,
} from '@egressip-ipam/kube';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApiServer } from './create-api-server.ts';
import { createApiServer } from './create-api-server.ts';

const namespaces = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false } as const;

describe("the project's own clients on this server", () => {
  let server: ApiServer;
  let rest: ReturnType<typeof createRestClient>;
  let client: ResourceClient;

  beforeEach(async () => {
    server = await createApiServer();
    rest = createRestClient(staticConnection({ server: server.url }));
    client = new ResourceClient(rest, namespaces);
  });
  afterEach(async () => {
    rest.close();
    await server.stop();
  });

  it('read discovery and meet conflicts', async () => {
    expect(await servedResources(rest, 'coordination.k8s.io/v1')).toMatchObject([{ name: 'leases', kind: 'Lease' }]);
    const stale = await client.get({ name: 'default' });
    await client.mergePatch({ name: 'default' }, { metadata: { labels: { a: 'b' } } });
    const late = { metadata: { resourceVersion: stale.metadata.resourceVersion, labels: null } };
    await expect(client.mergePatch({ name: 'default' }, late)).rejects.toSatisfy(isConflict);
  });

  it('keep a reflector right over cut watches and forgotten history', async () => {
    const reflector = new Reflector({ client, project: ({ metadata }) => metadata.name });
    const names = (): string[] => [...reflector.store.values()].sort();
    reflector.start();
    await reflector.whenSynced();
    await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } });
    await vi.waitFor(() => expect(names()).toContain('one'));
    server.closeWatches();
    server.compact();
    await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'two' } });
    await client.delete({ name: 'one' });
    await vi.waitFor(
      () => expect(names()).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system', 'two']),
      15_000,
    );
    await reflector.stop();
  });
});
