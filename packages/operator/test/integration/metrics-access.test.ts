import { ResourceClient } from '@egressip-ipam/kube';
import {
  createApiServer,
  createFaultProxy,
  rbacAuthorizer,
  type FaultProxy,
  type FaultProxyTarget,
} from '@egressip-ipam/sandbox';
import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../src/log/log.ts';
import { runOperator } from '../../src/run/run-operator.ts';
import { deployPath, readManifests } from '../deploy/documents.ts';
import { collectionOf } from '../deploy/guard/guarded-server.ts';
import { freePort } from './support/free-port.ts';
import { namespaces } from './support/resources.ts';
import { bothServers, startServer, writeKubeconfig, type ServerName, type TestServer } from './support/start-server.ts';

const ownNamespace = 'egressip-ipam-operator';
const operator = `system:serviceaccount:${ownNamespace}:egressip-ipam-operator`;
const tokens = [
  { token: 'shipped', user: operator },
  { token: 'reader', user: 'prometheus', groups: [] },
  { token: 'stranger', user: 'somebody', groups: [] },
];
const roleFiles = ['manifests/rbac.yaml', 'manifests/metrics-reader.yaml'];

interface Cluster {
  readonly target: FaultProxyTarget;
  /** A token that was good once. */
  readonly expired: string;
  stop(): Promise<void>;
}

/** The roles that are shipped, with `prometheus` as a reader of metrics. */
async function startCluster(name: ServerName): Promise<Cluster> {
  if (name === 'the sandbox') {
    const [own = '', reader = ''] = roleFiles.map((file) => readFileSync(deployPath(file), 'utf8'));
    const users = tokens.map(({ token, user, groups = [] }) => [token, { user, groups }] as const);
    const server = await createApiServer({
      tokens: Object.fromEntries(users),
      authorize: rbacAuthorizer({ [operator]: own, prometheus: reader }),
    });
    return { target: { url: server.url }, expired: 'expired', stop: () => server.stop() };
  }
  const server = await startServer(name, [], tokens);
  await new ResourceClient(server.rest, namespaces).create({ metadata: { name: ownNamespace } });
  const bound = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'readers' },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'egressip-ipam-operator-metrics-reader',
    },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'prometheus' }],
  };
  for (const object of [...roleFiles.flatMap(readManifests), bound])
    await server.rest.request('POST', collectionOf(object), { body: object });
  return { target: server.target, expired: expiredToken(server), stop: () => server.stop() };
}

/** A token of a service account, signed by the server's own key, whose time is over. */
function expiredToken({ envtest }: TestServer): string {
  const key = createPrivateKey(readFileSync(join(envtest?.folder ?? '', 'sa.key'), 'utf8'));
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const account = { namespace: ownNamespace, serviceaccount: { name: 'default', uid: '1' } };
  const signed = [
    encode({ alg: 'RS256', typ: 'JWT' }),
    encode({
      iss: 'https://localhost',
      aud: ['https://localhost'],
      sub: `system:serviceaccount:${ownNamespace}:default`,
      iat: now - 7_200,
      nbf: now - 7_200,
      exp: now - 3_600,
      'kubernetes.io': account,
    }),
  ].join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

describe.each(bothServers)('metrics over TLS, under the roles that are shipped, on %s', (name) => {
  let cluster: Cluster;
  let proxy: FaultProxy;
  let port: number;
  let ended: Promise<number>;
  const abort = new AbortController();
  const lines: string[] = [];

  beforeAll(async () => {
    cluster = await startCluster(name);
    proxy = await createFaultProxy({ target: cluster.target });
    port = await freePort();
    ended = runOperator(
      {
        kubeconfig: await writeKubeconfig(proxy.url, 'shipped'),
        leaderElect: false,
        leaseDuration: 15,
        renewDeadline: 10,
        retryPeriod: 2,
        namespace: ownNamespace,
        metricsBindAddress: `127.0.0.1:${port}`,
        metricsSecure: true,
        healthProbeBindAddress: '0',
        logLevel: 'info',
        logFormat: 'text',
      },
      createLog((line) => void lines.push(line), { format: 'text', level: 'info', now: () => Date.now() }),
      abort.signal,
    );
  }, 120_000);
  afterAll(async () => {
    abort.abort();
    await ended;
    await proxy.close();
    await cluster.stop();
  });

  function scrape(token?: string): Promise<string> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const options = { port, path: '/metrics', headers, rejectUnauthorized: false, agent: false };
    return new Promise((resolve, reject) => {
      request(options, (response) => {
        let text = `${response.statusCode} `;
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => (text += chunk))
          .on('end', () => resolve(text));
      })
        .on('error', reject)
        .end();
    });
  }

  it('are for who has a token with the right, and for nobody else', async () => {
    await expect
      .poll(() => scrape().catch(() => ''), { timeout: 20_000 })
      .toBe('401 a bearer token is needed: Authorization: Bearer TOKEN\n');
    expect(await scrape('guess')).toMatch(/^401 the API server does not accept this token/);
    expect(await scrape(cluster.expired)).toMatch(/^401 the API server does not accept this token/);
    expect(await scrape('stranger')).toMatch(/^403 somebody may not get \/metrics: a ClusterRole/);
    expect(await scrape('reader')).toMatch(/^200 [^]*^egressip_build_info\{/m);
  });

  it('are there for who was let in, and for nobody new, while the API server reviews nothing', async () => {
    expect(await scrape('reader')).toMatch(/^200/);
    const mend = proxy.add({ fault: { kind: 'status', status: 503 }, path: /reviews$/ });
    expect(await scrape('reader')).toMatch(/^200/);
    expect(await scrape('another')).toBe('503 the token cannot be reviewed now; the log says why\n');
    mend();
    expect(lines.filter((line) => line.includes('a token for metrics cannot be reviewed'))).toHaveLength(1);
    expect(await scrape('another')).toMatch(/^401/);
  });
});
