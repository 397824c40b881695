import type { MetricsFlags } from '@egressip-ipam/kube';

/** How the agent runs. */
export interface AgentOptions extends MetricsFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Name of the node it runs on. */
  readonly node: string;
  /** The operator's namespace, where the Leases and the roster are. */
  readonly namespace: string;
  /** Milliseconds for which a renewal of the Lease allows to hold addresses. */
  readonly term: number;
  /** Where peers ask this agent: an IP address of the node, and a UDP port. */
  readonly peerAddress: string;
  readonly peerPort: number;
  /**
   * Folder with the keys that peers sign with, one a file, the newest last by name; absent or empty: peers are not
   * asked.
   */
  readonly keyFolder?: string;
  /** What the next life must know; in a folder of the node that is gone after a restart of it. */
  readonly stateFile: string;
  readonly healthProbeBindAddress: string;
  /** Which build this is, for who reads the metrics; absent: nothing says so. */
  readonly build?: Readonly<Record<'version' | 'commit', string>>;
}

/** Writes what happens, for people or for programs; the operator's log is one. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
