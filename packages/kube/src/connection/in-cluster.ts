import { existsSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { systemClock } from '../clock/clock.ts';
import { cachedCredentials } from './cached-credentials.ts';
import type { Connection, Credentials } from './connection.ts';
import { readFile } from '../files/read-file.ts';

/** Where a pod finds its service account; all have defaults. */
export interface InClusterOptions {
  /** Folder with `token`, `ca.crt` and `namespace`. */
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
}

const defaultDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

// Kubelets renew a token long before it ends; client-go reads it again every minute, too.
const refreshMilliseconds = 60_000;
// When the server refuses it, a new one is seen this soon: an agent has but seconds to renew its Lease.
const minimumMilliseconds = 1_000;

/** Does this process run in a pod with a service account? */
export function isInCluster({
  directory = defaultDirectory,
  environment = process.env,
}: InClusterOptions = {}): boolean {
  return Boolean(environment.KUBERNETES_SERVICE_HOST) && existsSync(join(directory, 'token'));
}

/**
 * The API server of the cluster that this process runs in, with the pod's service account. Token and CA are read again
 * every minute. Needs no Kubernetes library.
 *
 * @throws Error when this is no pod with a service account
 */
export async function inClusterConnection(options: InClusterOptions = {}): Promise<Connection> {
  const { directory = defaultDirectory, environment = process.env, clock = systemClock } = options;
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = environment;
  if (!host) throw new Error('not in a cluster: KUBERNETES_SERVICE_HOST is not set; give a kubeconfig instead');
  const load = async (): Promise<Credentials> => {
    const [token, ca] = await Promise.all([
      readFile(join(directory, 'token'), 'utf8'),
      readFile(join(directory, 'ca.crt')),
    ]);
    return { headers: { authorization: `Bearer ${token.trim()}` }, tls: { ca } };
  };
  const credentials = cachedCredentials(clock, refreshMilliseconds, load, minimumMilliseconds);
  await credentials.credentials();
  const namespace = await readFile(join(directory, 'namespace'), 'utf8').catch(() => '');
  return {
    server: new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`),
    ...(namespace.trim() === '' ? {} : { namespace: namespace.trim() }),
    ...credentials,
  };
}
