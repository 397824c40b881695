import { request } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiError, type RestClient } from '@egressip-ipam/kube';
import type { NetworkCrd } from '@egressip-ipam/sandbox';
import { startServer, type TestServer } from '../../integration/support/start-server.ts';
import { readKustomization, readManifests, type Manifest } from '../documents.ts';

export const prefix = 'egressip-ipam-operator.redhat-cop.io';
export const operatorNamespace = 'egressip-ipam-operator';
export const operatorUser = `system:serviceaccount:${operatorNamespace}:egressip-ipam-operator`;

/** Everybody who asks the guarded server for something; the name is the token. */
const users = {
  operator: operatorUser,
  // May do anything with namespaces, and claim from EgressIPAM `pool`.
  tenant: 'tenant',
  // The same, with EgressIPAM `pool` and `other`, and may name addresses of `pool`.
  pinner: 'pinner',
  // May write every object of the network, nodes and EgressIPAMs, and impersonate groups alone.
  'network-admin': 'network-admin',
  // May do anything with everything, but not administer EgressIPAMs.
  controller: 'system:serviceaccount:gitops:controller',
  administrator: 'administrator',
  'sdn-controller': 'system:serviceaccount:openshift-sdn:sdn-controller',
  'namespace-controller': 'system:serviceaccount:kube-system:namespace-controller',
} as const;

export type User = keyof typeof users;

const crds: readonly NetworkCrd[] = [
  'hostsubnets',
  'netnamespaces',
  'egressips',
  'egressfirewalls',
  'credentialsrequests',
  'ciliumegressgatewaypolicies',
  'egresses',
  'externalippools',
];

const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const rule = (
  apiGroup: string,
  resources: readonly string[],
  allowed: readonly string[] = verbs,
  resourceNames?: readonly string[],
): object => ({
  apiGroups: [apiGroup],
  resources,
  verbs: allowed,
  ...(resourceNames === undefined ? {} : { resourceNames }),
});
const ofNamespaces = rule('', ['namespaces', 'namespaces/status', 'namespaces/finalize']);
const ofNetworks = [
  rule('cilium.io', ['*']),
  rule('crd.antrea.io', ['*']),
  rule('redhatcop.redhat.io', ['egressnodes', 'egressnodes/status']),
  rule('k8s.ovn.org', ['*']),
  rule('network.openshift.io', ['*']),
  rule('', ['nodes', 'nodes/status']),
];
const ofEgressIPAMs = (allowed: readonly string[], names?: readonly string[]): object =>
  rule('redhatcop.redhat.io', ['egressipams', 'egressipams/status'], allowed, names);

const roles: Readonly<Record<Exclude<User, 'operator'>, readonly object[]>> = {
  tenant: [ofNamespaces, ofEgressIPAMs(['use'], ['pool']), rule('k8s.ovn.org', ['egressfirewalls'])],
  pinner: [ofNamespaces, ofEgressIPAMs(['use'], ['pool', 'other']), ofEgressIPAMs(['pin'], ['pool'])],
  'network-admin': [...ofNetworks, ofEgressIPAMs(verbs), rule('', ['groups'], ['impersonate'])],
  controller: [ofNamespaces, ...ofNetworks, ofEgressIPAMs([...verbs, 'use', 'pin'])],
  administrator: [ofNamespaces, ...ofNetworks, ofEgressIPAMs([...verbs, 'use', 'pin', 'assign', 'administer'])],
  'sdn-controller': ofNetworks,
  'namespace-controller': [rule('*', ['*'], ['get', 'list', 'delete', 'deletecollection'])],
};

/** The operator may do anything here, as if somebody had given it too much: what holds it back are the policies. */
const operatorRole = [rule('*', ['*'], ['*'])];

/** A real API server with the policies of `deploy/guard` in force. */
export interface GuardedServer {
  readonly server: TestServer;
  as(user: User): RestClient;
  /** A request with headers for impersonation. */
  impersonate(
    user: User,
    headers: Readonly<Record<string, string>>,
    method: string,
    path: string,
    body: unknown,
  ): Promise<number>;
  /** The same of one who may impersonate anybody, in every way. */
  impersonateRoot(
    headers: Readonly<Record<string, string>>,
    method: string,
    path: string,
    body: unknown,
  ): Promise<number>;
  stop(): Promise<void>;
}

/** Starts it, and resolves once every policy is in force. */
export async function startGuardedServer(): Promise<GuardedServer> {
  const server = await startServer(
    'a real API server',
    crds,
    Object.entries(users).map(([token, user]) => ({ token, user })),
  );
  const { envtest } = server;
  if (envtest === undefined) throw new Error('the guard needs a real API server');
  const create = async (object: Manifest): Promise<unknown> =>
    server.rest.request('POST', collectionOf(object), { body: object, query: { fieldValidation: 'Strict' } });
  for (const [name, rules] of [...Object.entries(roles), ['operator', operatorRole] as const])
    await grant(create, name, users[name as User], rules);
  await addMaxClaims(server.rest);
  for (const object of [...readManifests('manifests/optional/agent/crd.yaml'), ...readKustomization('guard')])
    await create(object);
  const clients = new Map<User, RestClient>();
  const as = (user: User): RestClient => {
    const client = clients.get(user) ?? envtest.client(user);
    clients.set(user, client);
    return client;
  };
  await untilInForce(as);
  return {
    server,
    as,
    impersonate: (user, headers, method, path, body) =>
      rawRequest(
        `${envtest.url}${path}`,
        envtest.ca,
        method,
        { authorization: `Bearer ${user}`, 'content-type': 'application/merge-patch+json', ...headers },
        JSON.stringify(body),
      ),
    impersonateRoot: (headers, method, path, body) =>
      rawRequest(
        `${envtest.url}${path}`,
        envtest.ca,
        method,
        { authorization: `Bearer ${envtest.adminToken}`, ...headers },
        JSON.stringify(body),
      ),
    stop: async () => {
      for (const client of clients.values()) client.close();
      await server.stop();
    },
  };
}

async function grant(
  create: (object: Manifest) => Promise<unknown>,
  name: string,
  user: string,
  rules: readonly object[],
): Promise<void> {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const metadata = { name: `test-${name}` };
  await create({ apiVersion, kind: 'ClusterRole', metadata, rules });
  await create({
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  });
}

/** The field `maxClaims` of decision 8, where the definition has none yet. */
async function addMaxClaims(rest: RestClient): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/egressipams.redhatcop.redhat.io';
  const field = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/maxClaims';
  if (JSON.stringify(await rest.request('GET', path)).includes('"maxClaims"')) return;
  await rest.request('PATCH', path, {
    body: [{ op: 'add', path: field, value: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }],
    contentType: 'application/json-patch+json',
  });
}

/** Where objects of a kind are created. */
export function collectionOf({ apiVersion, kind, metadata: { namespace } }: Manifest): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = kind.toLowerCase().replace(/y$/, 'ie');
  return `${root}/${namespace === undefined ? '' : `namespaces/${namespace}/`}${plural}s`;
}

/** The API server compiles policies in the order in which it hears of them, a moment after they are made. */
async function untilInForce(as: (user: User) => RestClient): Promise<void> {
  const dryRun = { query: { dryRun: 'All' } };
  for (let attempt = 0; attempt < 300; attempt++) {
    const isHeld = await Promise.all(
      [
        as('tenant').request('POST', '/api/v1/namespaces', {
          ...dryRun,
          body: { metadata: { name: 'probe', annotations: { [`${prefix}/egressipam`]: 'not-mine' } } },
        }),
        as('operator').request(
          'DELETE',
          '/apis/cloudcredential.openshift.io/v1/namespaces/default/credentialsrequests/none',
          dryRun,
        ),
        as('operator').request('POST', '/apis/cloudcredential.openshift.io/v1/namespaces/default/credentialsrequests', {
          ...dryRun,
          body: {
            apiVersion: 'cloudcredential.openshift.io/v1',
            kind: 'CredentialsRequest',
            metadata: { name: 'probe' },
            spec: { secretRef: { name: 'a', namespace: 'b' } },
          },
        }),
      ].map((answer) =>
        answer.then(
          () => false,
          (error: unknown) =>
            ApiError.isInstance(error) && (error.status === 404 || error.message.includes('egressip-ipam')),
        ),
      ),
    );
    if (isHeld.every(Boolean)) return;
    await wait(100);
  }
  throw new Error('the policies are not in force after half a minute');
}

function rawRequest(
  url: string,
  ca: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, ca, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
