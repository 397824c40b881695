import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiServer } from '../create-api-server.ts';
import { createApiServer } from '../create-api-server.ts';
import { createTestClient } from '../testing/test-client.ts';
import { rbacAuthorizer } from './rbac.ts';

const role = `
kind: ClusterRole
metadata: { name: operator }
rules:
  - { apiGroups: [''], resources: [namespaces], verbs: [get, list, patch] }
  - { apiGroups: [''], resources: [nodes/status], verbs: [patch] }
  - { apiGroups: [''], resources: [secrets], resourceNames: [mine], verbs: [get] }
  - { nonResourceURLs: [/version], verbs: [get] }
---
kind: Role
metadata: { name: leader, namespace: kube-system }
rules:
  - { apiGroups: [coordination.k8s.io], resources: [leases], verbs: ['*'] }
`;
let server: ApiServer;

beforeAll(async () => {
  server = await createApiServer({
    tokens: {
      root: { user: 'root', groups: ['system:masters'] },
      operator: { user: 'operator', groups: [] },
    },
    authorize: rbacAuthorizer({ operator: role }),
    admission: ({ operation, name }) =>
      operation === 'CREATE' && name === 'forbidden' ? { status: 422, message: 'not that one' } : undefined,
  });
});
afterAll(() => server.stop());

describe('access', () => {
  it('answers 401 without a known token, and does not repeat the token', async () => {
    const { code, body } = await createTestClient({ url: server.url, token: 'guess' }).send(
      'GET',
      '/api/v1/namespaces',
    );
    expect(code).toBe(401);
    expect(JSON.stringify(body)).not.toContain('guess');
  });

  it.each([
    ['GET', '/api/v1/namespaces', 200],
    ['GET', '/api/v1/namespaces/default', 200],
    ['GET', '/api/v1/namespaces?watch=1&timeoutSeconds=1', 403],
    ['DELETE', '/api/v1/namespaces/default', 403],
    ['GET', '/api/v1/nodes/n/status', 403],
    ['PATCH', '/api/v1/nodes/n', 403],
    ['GET', '/api/v1/namespaces/default/secrets/mine', 404],
    ['GET', '/api/v1/namespaces/default/secrets/other', 403],
    ['GET', '/api/v1/namespaces/default/secrets', 403],
    ['GET', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases', 200],
    ['GET', '/apis/coordination.k8s.io/v1/namespaces/default/leases', 403],
    ['GET', '/version', 200],
    ['GET', '/apis', 403],
  ])('%s %s is %d for the operator', async (method, path, code) => {
    const answer = await createTestClient({ url: server.url, token: 'operator' }).send(method, path);
    expect(answer.code).toBe(code);
  });

  it('says who may not do what, in the words of Kubernetes', async () => {
    const { body } = await createTestClient({ url: server.url, token: 'operator' }).send('GET', '/api/v1/nodes');
    expect(body['message']).toBe(
      'nodes is forbidden: User "operator" cannot list resource "nodes" in API group "" at the cluster scope',
    );
  });

  it('asks the admission hook before a write', async () => {
    const client = createTestClient({ url: server.url, token: 'root' });
    const { code, body } = await client.send('POST', '/api/v1/namespaces', { metadata: { name: 'forbidden' } });
    expect([code, body['message']]).toEqual([422, 'not that one']);
    expect((await client.send('GET', '/api/v1/namespaces/forbidden')).code).toBe(404);
  });

  it('logs who asked for what, and what came of it', async () => {
    server.requests.clear();
    await createTestClient({ url: server.url, token: 'operator' }).send('DELETE', '/api/v1/namespaces/default');
    await createTestClient({ url: server.url, token: 'root' }).mergePatch('/api/v1/namespaces/default', {});
    await createTestClient({ url: server.url, token: 'root' }).send('POST', '/api/v1/namespaces', {
      metadata: { name: 'new' },
    });
    expect(server.requests.writes()).toMatchObject([
      { verb: 'delete', resource: 'namespaces', name: 'default', user: 'operator', status: 403 },
      { verb: 'patch', user: 'root', status: 200, contentType: 'application/merge-patch+json' },
      { verb: 'create', resource: 'namespaces', name: 'new', status: 201 },
    ]);
  });

  const reviewed = async (path: string, kind: string, spec: object): Promise<unknown> => {
    const client = createTestClient({ url: server.url, token: 'root' });
    const { code, body } = await client.send('POST', `/apis/${path}`, { kind, spec });
    expect(code).toBe(201);
    return body['status'];
  };

  it('reviews tokens', async () => {
    const review = (token: string): Promise<unknown> =>
      reviewed('authentication.k8s.io/v1/tokenreviews', 'TokenReview', { token });
    expect(await review('operator')).toEqual({
      authenticated: true,
      user: { username: 'operator', groups: ['system:authenticated'] },
    });
    expect(await review('guess')).toMatchObject({ authenticated: false });
  });

  it('reviews rights to paths that are no resources', async () => {
    const review = (path: string): Promise<unknown> =>
      reviewed('authorization.k8s.io/v1/subjectaccessreviews', 'SubjectAccessReview', {
        user: 'operator',
        nonResourceAttributes: { path, verb: 'get' },
      });
    expect(await review('/version')).toEqual({ allowed: true });
    expect(await review('/metrics')).toEqual({ allowed: false });
  });
});
