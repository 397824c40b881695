import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ResourceClient } from '@egressip-ipam/kube';
import { egressNodes, namespaces, nodeLeases } from '../../integration/support/resources.ts';
import { realServer } from '../../integration/support/start-server.ts';
import { noRealServer, unless } from '../../../../../tools/testing/unless.ts';
import { readManifests } from '../documents.ts';
import { collectionOf, operatorNamespace, startGuardedServer, type GuardedServer } from './guarded-server.ts';

const agent = `system:serviceaccount:${operatorNamespace}:egressip-ipam-operator-agent`;
const nodesPath = '/apis/redhatcop.redhat.io/v1alpha1/egressnodes';
const leasesPath = `/apis/coordination.k8s.io/v1/namespaces/${operatorNamespace}/leases`;
const wishes = [{ address: '10.0.0.1', reason: 'shop' }];
const egressNode = (name: string, more: object = {}): object => ({
  apiVersion: 'redhatcop.redhat.io/v1alpha1',
  kind: 'EgressNode',
  metadata: { name },
  spec: { addresses: [] },
  ...more,
});

/** Whoever broke into the egress node `a` has the token of its agent, which names the node. */
describe('an agent, by its own role and policy', unless(realServer.length === 0, noRealServer), () => {
  let guarded: GuardedServer;

  beforeAll(async () => {
    guarded = await startGuardedServer();
    const { rest } = guarded.server;
    await new ResourceClient(rest, namespaces).create({ metadata: { name: operatorNamespace } });
    for (const file of ['admission-policy', 'rbac-agent', 'roles'])
      for (const object of readManifests(`manifests/optional/agent/${file}.yaml`))
        await rest.request('POST', collectionOf(object), { body: object });
    for (const name of ['a', 'b'])
      await new ResourceClient(rest, egressNodes).create({ metadata: { name }, spec: { addresses: wishes } });
    for (const name of ['egressip-ipam-operator', 'egressip-ipam-agent-a', 'egressip-ipam-agent-b'])
      await new ResourceClient(rest, nodeLeases).create({
        metadata: { namespace: operatorNamespace, name },
        spec: { holderIdentity: name },
      });
    await vi.waitFor(async () => expect(await as('a')('PATCH', `${leasesPath}/unknown?dryRun=All`, {})).toBe(403), {
      timeout: 30_000,
      interval: 100,
    });
    await vi.waitFor(async () => expect(await writeLease('b')).not.toBe(200), { timeout: 30_000, interval: 100 });
  }, 120_000);
  afterAll(() => guarded.stop(), 60_000);

  /** The answer to a request of the agent of a node. */
  const as =
    (node: string) =>
    (method: string, path: string, body: unknown): Promise<number> =>
      guarded.impersonateRoot(
        {
          'impersonate-user': agent,
          'impersonate-extra-authentication.kubernetes.io%2fnode-name': node,
          'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        },
        method,
        path,
        body,
      );
  const ofA = (method: string, path: string, body: unknown): Promise<number> => as('a')(method, path, body);
  /** The whole Lease of a node's agent, or of that name, as it is, by the agent of `a`. */
  const writeLease = async (node: string, name = `egressip-ipam-agent-${node}`, by = 'a'): Promise<number> => {
    const lease = await new ResourceClient(guarded.server.rest, nodeLeases).get({ namespace: operatorNamespace, name });
    return as(by)('PUT', `${leasesPath}/${name}`, { ...lease, spec: { holderIdentity: 'somebody' } });
  };

  it('tells what its own node carries, and renews its own Lease', async () => {
    expect(await ofA('PATCH', `${nodesPath}/a/status`, { status: { observedGeneration: 1 } })).toBe(200);
    expect(await writeLease('a')).toBe(200);
    expect(await as('c')('POST', nodesPath, egressNode('c'))).toBe(201);
  });

  it.each([
    ['the report of another node', 'PATCH', `${nodesPath}/b/status`, { status: { observedGeneration: 9 } }],
    ['wishes for its own node', 'PATCH', `${nodesPath}/a`, { spec: { addresses: [] } }],
    ['an EgressNode of another name', 'POST', nodesPath, egressNode('d')],
    ['one with a name that is made up', 'POST', nodesPath, egressNode('', { metadata: { generateName: 'a' } })],
    ['one with the name of its Lease', 'POST', nodesPath, egressNode('egressip-ipam-agent-a')],
    ['a Lease with the name of its node', 'POST', leasesPath, { metadata: { name: 'a' }, spec: {} }],
    ['a Lease with a name that is made up', 'POST', leasesPath, { metadata: { generateName: 'egressip-ipam-agent-' } }],
    ['the node', 'PATCH', '/api/v1/nodes/a', { metadata: { labels: { zone: 'b' } } }],
    ['the roster', 'PATCH', `/api/v1/namespaces/${operatorNamespace}/configmaps/egressip-ipam-agents`, { data: {} }],
    ['its EgressNode deleted', 'DELETE', `${nodesPath}/a`, {}],
  ])('writes nothing else: %s', async (_what, method, path, body) => {
    expect(await ofA(method, path, body)).toBeGreaterThanOrEqual(400);
  });

  it('writes wishes by no way round', async () => {
    await ofA('PATCH', `${nodesPath}/a/status`, { spec: { addresses: [] }, metadata: { labels: { x: 'y' } } });
    const { spec, metadata } = await new ResourceClient(guarded.server.rest, egressNodes).get({ name: 'a' });
    expect([spec, metadata.labels]).toEqual([{ addresses: wishes }, undefined]);
    expect(await as('z')('POST', nodesPath, egressNode('z', { spec: { addresses: wishes } }))).toBe(403);
  });

  it("writes no other agent's Lease, nor the operator's, whatever its node is called", async () => {
    expect(await writeLease('b')).not.toBe(200);
    for (const by of ['a', 'egressip-ipam-operator', ''])
      expect(await writeLease('', 'egressip-ipam-operator', by)).not.toBe(200);
  });
});
