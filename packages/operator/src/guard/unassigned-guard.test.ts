import type { Plan, UnassignedGuard as GuardContract } from '@egressip-ipam/core';
import { createRestClient, ResourceClient, staticConnection } from '@egressip-ipam/kube';
import { FakeClock } from '@egressip-ipam/kube/testing';
import { createApiServer } from '@egressip-ipam/sandbox';
import { expect, it, vi } from 'vitest';
import { namespaces, resourceOf } from '../network/resources.ts';
import { UnassignedGuard } from './unassigned-guard.ts';

const guard: GuardContract = {
  resource: { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' },
  name: 'guard',
  label: 'keeps-in',
  bodiesFor: () => [{}],
};
const bare = (...names: readonly string[]): Plan =>
  ({
    waiting: [],
    allocations: names.map((namespace) => ({ namespace, addresses: ['10.0.0.1'], carried: false })),
  }) as unknown as Plan;

it('guards a namespace that is made again at once, however often the one before it refused', async () => {
  const server = await createApiServer();
  const rest = createRestClient(staticConnection({ server: server.url }));
  const failed: string[] = [];
  let isGoingAway = true;
  const guarding = new UnassignedGuard({
    ...{ guard, rest, clock: new FakeClock() },
    writer: rest.withFence(() => {
      if (isGoingAway) throw new Error('the namespace is being terminated');
    }),
    onProgress: () => undefined,
    onError: (namespace) => failed.push(namespace),
    onUnreadable: () => undefined,
  });
  try {
    await new ResourceClient(rest, namespaces).create({ metadata: { name: 'brief' } });
    await vi.waitFor(() => {
      guarding.take(bare('brief'));
      expect(failed).toEqual(['brief']);
    });
    await vi.waitFor(() => expect(guarding.underWay).toBe(0));
    guarding.take(bare('brief'));
    expect(guarding.underWay).toBe(0);
    guarding.take(bare());
    isGoingAway = false;
    guarding.take(bare('brief'));
    expect(guarding.underWay).toBe(1);
    await vi.waitFor(() => expect(guarding.underWay).toBe(0));
    const written = new ResourceClient(rest, resourceOf(guard.resource, true));
    expect(await written.get({ namespace: 'brief', name: 'guard' })).toMatchObject({
      metadata: { labels: { 'keeps-in': 'unassigned' } },
    });
    expect(failed).toEqual(['brief']);
  } finally {
    await guarding.stop();
    rest.close();
    await server.stop();
  }
});
