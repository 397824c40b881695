import { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../clock/clock.ts';
import { cachedCredentials } from './cached-credentials.ts';
import type { Connection, Credentials, TlsOptions } from './connection.ts';

// Certificate files and exec plug-ins' tokens are looked at again this often; client-node keeps a plug-in's token until it expires.
const refreshMilliseconds = 10_000;

/**
 * The API server of a kubeconfig's context: tokens, client certificates, exec plug-ins, OIDC and proxies as
 * `@kubernetes/client-node` knows them. That library takes tens of MiB of memory and is loaded here only.
 *
 * @param files merged as kubectl does with several: the first one's current-context counts
 * @throws Error when a file cannot be read or the context is not in it
 */
export async function kubeConfigConnection(files: readonly string[], context: string | undefined, clock: Clock): Promise<Connection> {
  let config = await load(files, context);
  const cluster = config.getCurrentCluster();
  if (!cluster) {
    throw new Error(`kubeconfig ${files.join(', ')}: context ${JSON.stringify(config.getCurrentContext())} names no cluster; contexts are ${config.getContexts().map(({ name }) => name).join(', ') || 'none'}`);
  }
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace;
  const cached = cachedCredentials(clock, refreshMilliseconds, async (refused) => {
    if (refused) config = await load(files, context);
    return toCredentials(await httpsOptions(config));
  });
  // client-node's agent knows proxies and closes each connection; ours is better where there is none.
  const { agent } = cluster.proxyUrl ? await httpsOptions(config) : {};
  return {
    server: new URL(cluster.server),
    ...(namespace && { namespace }),
    ...(agent instanceof Agent && { agent }),
    ...cached,
  };
}

async function load(files: readonly string[], context: string | undefined): Promise<KubeConfig> {
  const { KubeConfig } = await import('./kube-config-library.ts');
  const config = new KubeConfig();
  for (const [index, file] of files.entries()) {
    const part = new KubeConfig();
    try {
      part.loadFromFile(file);
      config.mergeConfig(part, index > 0);
    } catch (error) {
      throw new Error(`kubeconfig ${file} cannot be used: ${error instanceof Error ? error.message : 'unknown reason'}`, { cause: error });
    }
  }
  if (context !== undefined) {
    if (!config.getContextObject(context)) {
      throw new Error(`kubeconfig ${files.join(', ')} has no context ${JSON.stringify(context)}; it has ${config.getContexts().map(({ name }) => name).join(', ') || 'none'}`);
    }
    config.setCurrentContext(context);
  }
  // client-node refuses plain HTTP servers unless TLS verification is off, which means nothing there.
  config.clusters = config.clusters.map((cluster) => (cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster));
  return config;
}

async function httpsOptions(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return options;
}

function toCredentials(options: RequestOptions): Credentials {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
  }
  if (options.auth) headers.authorization ??= `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return { headers, tls: toTls(options) };
}

function toTls({ ca, cert, key, passphrase, servername, rejectUnauthorized }: RequestOptions): TlsOptions {
  return {
    ...(isPem(ca) && { ca }),
    ...(isPem(cert) && { cert }),
    ...(isPem(key) && { key }),
    ...(passphrase !== undefined && { passphrase }),
    ...(servername !== undefined && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
}

function isPem(value: unknown): value is string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value);
}
