import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { dirname, resolve } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../clock/clock.ts';
import { isRecord } from '../object/object.ts';
import { cachedCredentials } from './cached-credentials.ts';
import type { Connection, Credentials, TlsOptions } from './connection.ts';
import { environmentProxy, type Environment } from './environment-proxy.ts';
import { ExecPlugIns } from './exec-plug-ins.ts';
import { readFile } from '../files/read-file.ts';

// Certificate and token files and exec plug-ins' tokens are looked at again this often; client-node keeps a plug-in's
// token until it expires.
const refreshMilliseconds = 10_000;

/** What a kubeconfig's connection is made of. */
export interface KubeConfigOptions {
  /** Merged as kubectl does with several: the first one's current-context counts. */
  readonly files: readonly string[];
  readonly context: string | undefined;
  /** Names a proxy where the kubeconfig does not. */
  readonly environment: Environment;
  readonly clock: Clock;
}

/** A kubeconfig as read: client-node's, and what that leaves out. */
interface ReadConfig {
  readonly config: KubeConfig;
  /** Path of the file with the user's token; it is read again as it changes. */
  readonly tokenFile: string | undefined;
}

/**
 * The API server of a kubeconfig's context: tokens, token files, client certificates, exec plug-ins, OIDC and proxies
 * as `@kubernetes/client-node` knows them. That library takes tens of MiB of memory and is loaded here only.
 *
 * @throws Error when a file cannot be read or the context is not in it
 */
export async function kubeConfigConnection(options: KubeConfigOptions): Promise<Connection> {
  const { files, clock } = options;
  const plugIns = new ExecPlugIns(options.clock);
  let current = await load(options, plugIns);
  const { config } = current;
  const cluster = config.getCurrentCluster();
  if (!cluster) {
    throw new Error(
      `kubeconfig ${files.join(', ')}: context ${JSON.stringify(config.getCurrentContext())} names no cluster; contexts are ${
        config
          .getContexts()
          .map(({ name }) => name)
          .join(', ') || 'none'
      }`,
    );
  }
  const server = new URL(cluster.server);
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace;
  const cached = cachedCredentials(clock, refreshMilliseconds, async (refused) => {
    if (refused) current = await load(options, plugIns);
    return withTokenOf(current.tokenFile, toCredentials(await httpsOptions(current.config)));
  });
  // client-node's agent knows proxies and closes each connection; ours is better where there is none.
  const { agent } = cluster.proxyUrl ? await httpsOptions(config) : {};
  const isUnchecked = cluster.skipTLSVerify && server.protocol === 'https:';
  return {
    server,
    ...(namespace ? { namespace } : {}),
    ...(agent instanceof Agent ? { agent } : {}),
    ...(isUnchecked
      ? {
          warnings: [
            `the certificate of ${server.host} is not checked (insecure-skip-tls-verify in the kubeconfig): whoever answers there gets the credentials`,
          ],
        }
      : {}),
    ...cached,
    close: () => plugIns.close(),
  };
}

async function load({ files, context, environment }: KubeConfigOptions, plugIns: ExecPlugIns): Promise<ReadConfig> {
  const { KubeConfig, parseYaml } = await import('./kube-config-library.ts');
  const config = new KubeConfig();
  const tokenFiles = new Map<string, string>();
  for (const [index, file] of files.entries()) {
    const part = new KubeConfig();
    try {
      part.loadFromFile(file);
      config.mergeConfig(part, index > 0);
      for (const [user, tokenFile] of tokenFilesIn(parseYaml(readFileSync(file, 'utf8')))) {
        if (!tokenFiles.has(user)) tokenFiles.set(user, resolve(dirname(file), tokenFile));
      }
    } catch (error) {
      throw new Error(
        `kubeconfig ${file} cannot be used: ${error instanceof Error ? error.message : 'unknown reason'}`,
        { cause: error },
      );
    }
  }
  if (context !== undefined) {
    if (!config.getContextObject(context)) {
      throw new Error(
        `kubeconfig ${files.join(', ')} has no context ${JSON.stringify(context)}; it has ${
          config
            .getContexts()
            .map(({ name }) => name)
            .join(', ') || 'none'
        }`,
      );
    }
    config.setCurrentContext(context);
  }
  config.clusters = config.clusters.map((cluster) => {
    const proxyUrl =
      cluster.proxyUrl ??
      (URL.canParse(cluster.server) ? environmentProxy(new URL(cluster.server), environment) : undefined);
    return {
      ...cluster,
      ...(proxyUrl === undefined ? {} : { proxyUrl }),
      // client-node refuses plain HTTP servers unless TLS verification is off, which means nothing there.
      ...(cluster.server.startsWith('http:') ? { skipTLSVerify: true } : {}),
    };
  });
  boundPlugIns(config, plugIns);
  return { config, tokenFile: tokenFiles.get(config.getCurrentUser()?.name ?? '') };
}

/**
 * client-node starts exec plug-ins by a function that can be replaced, for its tests, and waits for them without an
 * end.
 */
function boundPlugIns(config: KubeConfig, plugIns: ExecPlugIns): void {
  const { authenticators }: { readonly authenticators?: unknown } = config as object;
  for (const authenticator of Array.isArray(authenticators) ? (authenticators as readonly unknown[]) : []) {
    if (isRecord(authenticator) && 'execFn' in authenticator) authenticator.execFn = plugIns.start;
  }
}

/** The users' `tokenFile`, which client-node does not know. */
function tokenFilesIn(file: unknown): readonly (readonly [user: string, tokenFile: string])[] {
  const users: readonly unknown[] = isRecord(file) && Array.isArray(file.users) ? file.users : [];
  return users.filter(isRecord).flatMap(({ name, user }) => {
    const tokenFile = isRecord(user) ? user.tokenFile : undefined;
    return typeof name === 'string' && typeof tokenFile === 'string' && tokenFile !== ''
      ? [[name, tokenFile] as const]
      : [];
  });
}

/** Credentials with the token in a file, which wins over one beside it (client-go's rule). */
async function withTokenOf(file: string | undefined, credentials: Credentials): Promise<Credentials> {
  if (file === undefined) return credentials;
  const token = (await readFile(file, 'utf8')).trim();
  if (token === '') throw new Error(`the token file ${file} is empty; whoever writes it has to put the token into it`);
  return { ...credentials, headers: { ...credentials.headers, authorization: `Bearer ${token}` } };
}

async function httpsOptions(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    const user = config.getCurrentUser();
    if (user?.authProvider === undefined) throw error;
    // client-node trips over what these lack, as they do since kubectl knows them no more.
    const { name } = user.authProvider as { readonly name?: unknown };
    throw new Error(
      `user ${JSON.stringify(user.name)} of the kubeconfig has auth-provider ${JSON.stringify(name)}, which gives no credentials; give the user an exec plug-in or a token`,
      { cause: error },
    );
  }
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
    ...(isPem(ca) ? { ca } : {}),
    ...(isPem(cert) ? { cert } : {}),
    ...(isPem(key) ? { key } : {}),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}

function isPem(value: unknown): value is string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value);
}
