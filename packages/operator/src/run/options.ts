import type { MetricsFlags } from '@egressip-ipam/kube';
import type { CloudOptions } from '../provider/cloud-options.ts';

/** How the operator runs. */
export interface RunOptions extends MetricsFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Whether it acts only while it holds the Lease; without it in a cluster of its own alone. */
  readonly leaderElect: boolean;
  /** Whether it ends where another that lives holds the Lease, instead of waiting for its turn. */
  readonly refusesBeside?: boolean;
  /** Times of the lease, in seconds. */
  readonly leaseDuration: number;
  readonly renewDeadline: number;
  readonly retryPeriod: number;
  /** The operator's own namespace, where its Lease and its credentials secret are. */
  readonly namespace: string;
  /** The name of a network that is built in, or a package; absent: by what the cluster shows. */
  readonly network?: string;
  /** The name of a provider that is built in, or a package; absent: by the infrastructure. */
  readonly provider?: string;
  readonly cloud?: CloudOptions;
  /** Seconds between two looks at the cloud; absent: 60. */
  readonly cloudPollInterval?: number;
  /**
   * Find dead nodes by their leases and this TCP port, before the API server does, where this project decides which
   * node carries an address; absent: do not.
   */
  readonly nodeProbePort?: number;
  /** Read addresses of Services, and take them to be in use. */
  readonly readServices?: boolean;
  /** Deny what leaves a namespace while no node carries its addresses, where the network would let it out. */
  readonly guardUnassigned?: boolean;
  /** Take back all that was given, as if every EgressIPAM were deleted. */
  readonly takesBack?: boolean;
  /** How many new addresses one plan gives out; absent: 50,000. */
  readonly mostNew?: number;
  readonly healthProbeBindAddress: string;
  readonly logLevel: string;
  readonly logFormat: 'text' | 'json';
}

/** Of a process that serves nothing: a command that ends by itself, or a test. */
export const servesNothing = {
  leaseDuration: 15,
  renewDeadline: 10,
  retryPeriod: 2,
  metricsBindAddress: '0',
  healthProbeBindAddress: '0',
  logFormat: 'text',
} as const;
