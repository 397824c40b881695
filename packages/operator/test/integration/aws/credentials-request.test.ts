import type { ClusterRequest } from '@egressip-ipam/core';
import { createRestClient, loadConnection, ResourceClient } from '@egressip-ipam/kube';
import { createFaultProxy, type FaultProxy } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentialsRequests, namespaces } from '../support/resources.ts';
import { startServer, writeKubeconfig, type TestServer } from '../support/start-server.ts';
import { requestObjects } from '../../../src/provider/request-objects.ts';
import { description } from '@egressip-ipam/provider-aws';

describe('the CredentialsRequest', () => {
  let server: TestServer;
  let proxy: FaultProxy;

  beforeAll(async () => {
    server = await startServer('the sandbox', ['credentialsrequests']);
    await new ResourceClient(server.rest, namespaces).create({
      metadata: { name: 'openshift-cloud-credential-operator' },
    });
    proxy = await createFaultProxy({
      target: server.target,
      rules: [{ fault: { kind: 'status', status: 500 }, method: 'POST', path: /credentialsrequests/, times: 2 }],
    });
  });
  afterAll(async () => {
    await proxy.close();
    await server.stop();
  });

  it('is asked for until it is there, and then left as it is', async () => {
    const rest = createRestClient(await loadConnection({ kubeconfig: await writeKubeconfig(proxy.url, 'operator') }));
    const errors: unknown[] = [];
    const requests = (namespace: string): readonly ClusterRequest[] => description.requests?.(namespace) ?? [];
    const options = {
      signal: new AbortController().signal,
      onError: (error: unknown) => void errors.push(error),
      pause: 1,
    };
    await requestObjects(rest, requests('egressip-ipam-operator'), options);
    expect(errors).toHaveLength(2);
    const client = new ResourceClient(server.rest, credentialsRequests);
    const [made] = (await client.list()).items;
    expect(made?.metadata.name).toBe('egress-ipam-operator');
    await requestObjects(rest, requests('elsewhere'), options);
    expect((await client.list()).items).toEqual([made]);
    rest.close();
  });
});
