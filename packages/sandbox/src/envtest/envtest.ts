import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createRestClient, staticConnection, type RestClient } from '@egressip-ipam/kube';
import { stringify } from 'yaml';
import { findEnvtestAssets } from './assets.ts';
import { readAuditLog, type AuditEvent } from './audit.ts';
import { freePorts } from './free-ports.ts';
import { spawnGuarded, type GuardedProcess } from './guarded-process.ts';
import { apiServerFlags, etcdFlags, writeServerFiles, type EnvtestPorts, type EnvtestToken } from './programs.ts';

const startAttempts = 3;
const readyMilliseconds = 60_000;

/** How to start an {@link Envtest}; everything may be left out. */
export interface EnvtestOptions {
  /** Folder with `kube-apiserver` and `etcd`; by default what {@link findEnvtestAssets} finds. */
  readonly assets?: string;
  /** Whether to keep an audit log of all requests. */
  readonly audit?: boolean;
  /** Users beside the administrator, subject to RBAC. */
  readonly tokens?: readonly EnvtestToken[];
}

/** A kubeconfig as an object, ready to be written as YAML or JSON. */
export type Kubeconfig = Readonly<Record<string, unknown>>;

/** A real kube-apiserver and its etcd. Both end with this process, however that ends. */
export interface Envtest {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** PEM of the server's certificate authority. */
  readonly ca: string;
  readonly caFile: string;
  /** Token of a member of `system:masters`. */
  readonly adminToken: string;
  /** Folder of logs (`kube-apiserver.log`, `etcd.log`), keys and data; gone after {@link stop}. */
  readonly folder: string;
  kubeconfig(token?: string): Kubeconfig;
  /** Writes a kubeconfig, readable for this user only. */
  writeKubeconfig(path: string, token?: string): Promise<void>;
  /** A client of this server; the caller closes it. */
  client(token?: string): RestClient;
  /** All requests so far, oldest first. @throws Error without the option `audit` */
  auditEvents(): Promise<AuditEvent[]>;
  /** Kills the API server and leaves it down; etcd and its data stay. */
  kill(): Promise<void>;
  /** Kills the API server if it runs, starts it on the same port and data, and resolves when it is ready. */
  restart(): Promise<void>;
  /** Stops the API server's process (SIGSTOP): connections stay open, nothing is answered. */
  pause(): void;
  /** Lets a paused API server go on. */
  resume(): void;
  /**
   * Keeps etcd's data as they are now; the function that it returns sets both programs back to them, as people do with
   * a backup: versions begin anew from there.
   */
  backUp(): Promise<() => Promise<void>>;
  /** Ends both programs and removes their data. */
  stop(): Promise<void>;
}

/**
 * Starts etcd and kube-apiserver on free loopback ports and resolves when `/readyz` says ok.
 *
 * There is no controller manager and no kubelet: nobody empties deleted namespaces or marks nodes ready.
 *
 * @throws Error when the programs are not found, or are not ready within a minute; with the end of their logs
 */
export async function startEnvtest(options: EnvtestOptions = {}): Promise<Envtest> {
  const assets = options.assets ?? findEnvtestAssets();
  if (assets === undefined) {
    throw new Error('kube-apiserver and etcd not found: set KUBEBUILDER_ASSETS to a folder that holds them');
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(assets, options);
    } catch (error) {
      // Most often another program took one of the ports in between.
      if (attempt === startAttempts) throw error;
    }
  }
}

async function startOnce(assets: string, { audit = false, tokens = [] }: EnvtestOptions): Promise<Envtest> {
  const folder = await mkdtemp(join(tmpdir(), 'envtest-'));
  const [etcdClient = 0, etcdPeer = 0, apiServer = 0] = await freePorts(3);
  const ports: EnvtestPorts = { etcdClient, etcdPeer, apiServer };
  const adminToken = randomBytes(16).toString('hex');
  await writeServerFiles(folder, [{ token: adminToken, user: 'admin', groups: ['system:masters'] }, ...tokens]);

  const startEtcd = (): GuardedProcess =>
    spawnGuarded(join(assets, 'etcd'), etcdFlags(folder, ports), join(folder, 'etcd.log'), folder);
  let etcd = startEtcd();
  const startApiServer = (): GuardedProcess =>
    spawnGuarded(
      join(assets, 'kube-apiserver'),
      apiServerFlags(folder, ports, audit),
      join(folder, 'kube-apiserver.log'),
    );
  let server = startApiServer();

  const url = `https://127.0.0.1:${apiServer}`;
  const caFile = join(folder, 'certificates', 'apiserver.crt');
  const stop = async (): Promise<void> => {
    await Promise.all([server.kill(), etcd.kill()]);
    await rm(folder, { recursive: true, force: true });
  };
  const ready = async (): Promise<string> => {
    const ca = await waitUntilReady({ url, caFile, token: adminToken }, () => server.ended ?? etcd.ended);
    if (ca !== undefined) return ca;
    throw new Error(
      `kube-apiserver from ${assets} is not ready:\n${await endOf(join(folder, 'etcd.log'))}\n${await endOf(join(folder, 'kube-apiserver.log'))}`,
    );
  };

  const ca = await ready().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const kubeconfig = (token = adminToken): Kubeconfig => formatKubeconfig(url, ca, token);
  return {
    url,
    ca,
    caFile,
    adminToken,
    folder,
    kubeconfig,
    stop,
    writeKubeconfig: (path, token) => writeFile(path, stringify(kubeconfig(token)), { mode: 0o600 }),
    client: (token = adminToken) => createRestClient(staticConnection({ server: url, token, tls: { ca } })),
    auditEvents() {
      if (!audit) throw new Error('this API server keeps no audit log: start it with { audit: true }');
      return readAuditLog(join(folder, 'audit.log'));
    },
    kill: () => server.kill(),
    async restart() {
      await server.kill();
      server = startApiServer();
      await ready();
    },
    async backUp() {
      const copy = join(folder, `etcd-${randomBytes(4).toString('hex')}`);
      // What a stopped process has written is what one that was killed leaves.
      etcd.signal('SIGSTOP');
      await cp(join(folder, 'etcd'), copy, { recursive: true });
      etcd.signal('SIGCONT');
      return async () => {
        await Promise.all([server.kill(), etcd.kill()]);
        await rm(join(folder, 'etcd'), { recursive: true });
        await cp(copy, join(folder, 'etcd'), { recursive: true });
        etcd = startEtcd();
        server = startApiServer();
        await ready();
      };
    },
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
  };
}

/**
 * Resolves with the certificate authority once the server is ready; undefined when a program ended or the time is over.
 */
async function waitUntilReady(
  { url, caFile, token }: { readonly url: string; readonly caFile: string; readonly token: string },
  ended: () => unknown,
): Promise<string | undefined> {
  const end = performance.now() + readyMilliseconds;
  while (performance.now() < end && ended() === undefined) {
    if (existsSync(caFile)) {
      const ca = await readFile(caFile, 'utf8');
      const rest = createRestClient(staticConnection({ server: url, token, tls: { ca } }));
      const answer = await rest.request('GET', '/readyz', { deadline: 2000 }).catch(() => undefined);
      rest.close();
      if (answer === 'ok') return ca;
    }
    await wait(50);
  }
  return undefined;
}

async function endOf(logFile: string): Promise<string> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  return log.slice(-2000);
}

function formatKubeconfig(server: string, ca: string, token: string): Kubeconfig {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'envtest', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: 'envtest', user: { token } }],
    contexts: [{ name: 'envtest', context: { cluster: 'envtest', user: 'envtest' } }],
    'current-context': 'envtest',
  };
}
