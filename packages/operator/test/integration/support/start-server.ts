import { createRestClient, staticConnection, type RestClient } from '@egressip-ipam/kube';
import {
  clusterManagerUser,
  createApiServer,
  findEnvtestAssets,
  installCrds,
  markAdmission,
  markAdmissionPolicy,
  networkCrds,
  startEnvtest,
  type Envtest,
  type EnvtestToken,
  type FaultProxyTarget,
  type NetworkCrd,
  type User,
} from '@egressip-ipam/sandbox';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { serveWebhooks, type ServedWebhook } from './webhook-server.ts';

export const root = fileURLToPath(new URL('../../../../..', import.meta.url));

/** The API servers that a suite runs on. */
export type ServerName = 'the sandbox' | 'a real API server';
export const realServer: readonly ServerName[] = findEnvtestAssets() !== undefined ? ['a real API server'] : [];
/**
 * Both; with `TEST_SERVERS=real` the real one alone where it is there, as somewhere else the same suites run on the
 * sandbox.
 */
export const bothServers: readonly ServerName[] =
  process.env['TEST_SERVERS'] === 'real' && realServer.length > 0 ? realServer : ['the sandbox', ...realServer];
/** For what takes long: the real one where it is there, else the sandbox. */
export const oneServer: readonly ServerName[] = bothServers.slice(-1);

/** A write of the operator that reached the API server. */
export interface Write {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  readonly code: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** An API server with the project's and some networks' CRDs. */
export interface TestServer {
  /** The administrator's client. */
  readonly rest: RestClient;
  /** OVN-Kubernetes' cluster manager, to which alone its admission rule allows marks. */
  readonly clusterManager: RestClient;
  /** A kubeconfig of user `operator`. */
  readonly kubeconfig: string;
  readonly target: FaultProxyTarget;
  /** Writes of users whose name begins with `operator`. */
  writes(): Promise<readonly Write[]>;
  /** The real server's handle. */
  readonly envtest?: Envtest;
  stop(): Promise<void>;
}

/** Starts a server that serves these kinds beside EgressIPAMs, and asks these webhooks about writes. */
export async function startServer(
  name: ServerName,
  crds: readonly NetworkCrd[],
  moreTokens: readonly EnvtestToken[] = [],
  webhooks: readonly ServedWebhook[] = [],
): Promise<TestServer> {
  const server =
    name === 'the sandbox' ? await startSandbox(moreTokens, webhooks) : await startReal(moreTokens, webhooks);
  await installCrds(server.rest, [
    join(root, 'deploy/crds/redhatcop.redhat.io_egressipams.yaml'),
    ...crds.map((crd) => networkCrds[crd]),
  ]);
  if (server.envtest !== undefined && crds.includes('egressips')) {
    for (const policy of markAdmissionPolicy)
      await server.rest.request(
        'POST',
        `/apis/admissionregistration.k8s.io/v1/${policy.kind === 'ValidatingAdmissionPolicy' ? 'validatingadmissionpolicies' : 'validatingadmissionpolicybindings'}`,
        { body: policy },
      );
  }
  return server;
}

/** Writes a kubeconfig of a user who has this token; the file is the caller's. */
export async function writeKubeconfig(server: string, token: string, ca?: string): Promise<string> {
  const cluster = {
    server,
    ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
  };
  const path = join(await mkdtemp(join(tmpdir(), 'operator-test-')), 'kubeconfig');
  const entry = { name: 'test' };
  await writeFile(
    path,
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ ...entry, cluster }],
      users: [{ ...entry, user: { token } }],
      contexts: [{ ...entry, context: { cluster: 'test', user: 'test' } }],
      'current-context': 'test',
    }),
  );
  return path;
}

const clusterManager = { token: 'cluster-manager', user: clusterManagerUser, groups: ['system:masters'] };
const writing = new Set(['create', 'update', 'patch', 'delete']);

async function startSandbox(
  moreTokens: readonly EnvtestToken[],
  webhooks: readonly ServedWebhook[],
): Promise<TestServer> {
  const users = Object.fromEntries(
    moreTokens.map(({ token, user, groups = [] }): [string, User] => [token, { user, groups }]),
  );
  const server = await createApiServer({
    finalizeNamespaces: true,
    // Writes are counted: fifty agents fill the usual log within minutes.
    requestLogLimit: 100_000,
    admission: (request) => {
      for (const admission of [markAdmission, ...new Set(webhooks.map((webhook) => webhook.admission))]) {
        const refusal = admission(request);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    },
    tokens: {
      operator: { user: 'operator', groups: ['system:masters'] },
      test: { user: 'test', groups: ['system:masters'] },
      [clusterManager.token]: clusterManager,
      ...users,
    },
  });
  const rest = createRestClient(staticConnection({ server: server.url, token: 'test' }));
  const manager = createRestClient(staticConnection({ server: server.url, token: clusterManager.token }));
  const kubeconfig = await writeKubeconfig(server.url, 'operator');
  const writes = (): Promise<readonly Write[]> =>
    Promise.resolve(
      server.requests
        .writes()
        .filter(({ user }) => user.startsWith('operator'))
        .map(({ user, verb, resource, subresource, name, status, time }) => ({
          user,
          verb,
          resource,
          subresource,
          name,
          code: status,
          at: time,
        })),
    );
  return {
    rest,
    clusterManager: manager,
    kubeconfig,
    target: { url: server.url },
    writes,
    stop: async () => {
      rest.close();
      manager.close();
      await server.stop();
    },
  };
}

async function startReal(moreTokens: readonly EnvtestToken[], webhooks: readonly ServedWebhook[]): Promise<TestServer> {
  const envtest = await startEnvtest({
    audit: true,
    tokens: [{ token: 'operator', user: 'operator', groups: ['system:masters'] }, clusterManager, ...moreTokens],
  });
  if (envtest === undefined) throw new Error('the API server is there and does not start');
  const asked = webhooks.length === 0 ? undefined : await serveWebhooks(envtest, webhooks);
  const kubeconfig = await writeKubeconfig(envtest.url, 'operator', envtest.ca);
  const [rest, manager] = [envtest.client(), envtest.client(clusterManager.token)];
  const writes = async (): Promise<readonly Write[]> =>
    (await envtest.auditEvents())
      .filter(({ user, verb }) => user.startsWith('operator') && writing.has(verb))
      .map(({ user, verb, resource, subresource, name, code, requestReceivedTimestamp }) => ({
        user,
        verb,
        resource,
        subresource,
        name,
        code,
        at: Date.parse(requestReceivedTimestamp),
      }));
  return {
    rest,
    clusterManager: manager,
    kubeconfig,
    target: { url: envtest.url, ca: envtest.ca },
    envtest,
    writes,
    stop: async () => {
      rest.close();
      manager.close();
      await envtest.stop();
      await asked?.stop();
    },
  };
}
