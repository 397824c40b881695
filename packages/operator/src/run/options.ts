import type { NetworkSnapshot } from '@egressip-ipam/core';

/** How the operator runs. */
export interface RunOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Only one of several replicas acts. */
  readonly leaderElect: boolean;
  /** Times of the lease, in seconds. */
  readonly leaseDuration: number;
  readonly renewDeadline: number;
  readonly retryPeriod: number;
  /** The operator's own namespace, where its Lease is. */
  readonly namespace: string;
  readonly network?: NetworkSnapshot['kind'];
  /** `HOST:PORT` or `:PORT`; `0` turns it off. */
  readonly metricsBindAddress: string;
  readonly healthProbeBindAddress: string;
  readonly logLevel: string;
  readonly logFormat: 'text' | 'json';
}
