import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { systemClock } from '../clock/clock.ts';
import type { Connection } from './connection.ts';
import { inClusterConnection, isInCluster, type InClusterOptions } from './in-cluster.ts';
import { kubeConfigConnection } from './kubeconfig.ts';

/** Which API server to use; by default the one that the surroundings name. */
export interface LoadConnectionOptions extends InClusterOptions {
  /** Path of a kubeconfig file; wins over everything else. */
  readonly kubeconfig?: string;
  /** Context of the kubeconfig; by default its current one. */
  readonly context?: string;
}

/**
 * Finds the API server in controller-runtime's order: the given kubeconfig, `$KUBECONFIG`, the cluster that this
 * process runs in, `~/.kube/config`. The environment's proxies (`HTTPS_PROXY`, `NO_PROXY`) count for kubeconfigs that
 * name none; a pod talks to its own API server directly.
 *
 * @throws Error when there is none of them, or the one that counts cannot be used
 */
export async function loadConnection(options: LoadConnectionOptions = {}): Promise<Connection> {
  const { kubeconfig, context, environment = process.env, clock = systemClock } = options;
  const files =
    kubeconfig === undefined
      ? (environment.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '')
      : [kubeconfig];
  if (files.length > 0) return kubeConfigConnection({ files, context, environment, clock });
  if (isInCluster(options)) return inClusterConnection(options);
  const atHome = join(environment.HOME ?? homedir(), '.kube', 'config');
  if (existsSync(atHome)) return kubeConfigConnection({ files: [atHome], context, environment, clock });
  throw new Error(
    `no Kubernetes API server to talk to: no kubeconfig was given, KUBECONFIG is not set, this is no pod with a service account, and ${atHome} does not exist`,
  );
}
