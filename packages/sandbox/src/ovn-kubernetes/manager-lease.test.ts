import { createRestClient, leases, ResourceClient, staticConnection, type RestClient } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiServer, type ApiServer } from '../api-server/index.ts';
import { nodes } from '../stand-in/resources.ts';
import { holdManagerLease } from './manager-lease.ts';

const namespace = 'default';

describe('the Lease of the stand-in of OVN-Kubernetes', () => {
  let server: ApiServer;
  let rest: RestClient;

  beforeAll(async () => {
    server = await createApiServer({ tokens: { admin: { user: 'admin', groups: ['system:masters'] } } });
    rest = createRestClient(staticConnection({ server: server.url, token: 'admin' }));
  });
  afterAll(async () => {
    rest.close();
    await server.stop();
  });

  const spec = async (): Promise<Readonly<Record<string, unknown>>> => {
    const lease = await new ResourceClient(rest, leases).get({ namespace, name: 'ovn-kubernetes-master' });
    return lease['spec'] as Readonly<Record<string, unknown>>;
  };

  it('is let go of with an empty holder, so that the next one has it at once', async () => {
    const first = await holdManagerLease(rest, { namespace });
    expect(await spec()).toMatchObject({ holderIdentity: expect.stringMatching(/./), leaseDurationSeconds: 60 });
    await first.release();
    expect(await spec()).toMatchObject({ holderIdentity: '' });
    await (await holdManagerLease(rest, { namespace })).release();
  });

  it('has to run out where its holder was killed, which writes nothing any more', async () => {
    const first = await holdManagerLease(rest, { namespace, duration: 1_000 });
    const { holderIdentity } = await spec();
    const start = performance.now();
    await first.abandon();
    expect(await spec()).toMatchObject({ holderIdentity });
    await expect(new ResourceClient(first.rest, nodes).create({ metadata: { name: 'n' } })).rejects.toThrow('killed');
    const next = await holdManagerLease(rest, { namespace, duration: 1_000 });
    expect(performance.now() - start).toBeGreaterThan(900);
    expect((await spec())['holderIdentity']).not.toBe(holderIdentity);
    await next.release();
  });
});
