import type { ClusterObjects } from './cluster-objects.ts';
import type { CloudProvider, ProviderDescription } from './contract.ts';

/** One call to the platform's API, for metrics. */
export interface ProviderCall {
  /** The platform's name of the operation, such as `AssignPrivateIpAddresses`. */
  readonly operation: string;
  /** The platform's error code; absent when the call succeeded. */
  readonly errorCode?: string;
  readonly durationMilliseconds: number;
}

/**
 * How a provider that works through the cluster's own API server reaches it; absent members: as the environment says.
 */
export interface ClusterAccess {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Where the operator is. */
  readonly operatorNamespace?: string;
  /** Nothing is to be written, whatever it is for: this process only looks. */
  readonly looksOnly?: boolean;
}

/**
 * What a provider is given when it is made. Everything is optional: a provider finds out for itself what it is not
 * told.
 */
export interface ProviderContext {
  /** The region that a person named; it goes before what the cluster says. */
  readonly region?: string;
  /** The API endpoint that a person named; it goes before what the cluster says. */
  readonly endpoint?: string;
  /** Most calls per second to the platform's API. */
  readonly callsPerSecond?: number;
  /**
   * What it wants to read of the cluster, as it is now. To be asked again before it is used, so that a changed
   * secret takes effect.
   */
  readonly objects?: ClusterObjects;
  readonly cluster?: ClusterAccess;
  /** Told of every call to the platform's API. */
  readonly onCall?: (call: ProviderCall) => void;
  /** Told of what the provider waits for, in words for people: for the log. */
  readonly onNotice?: (notice: string) => void;
}

/**
 * What a provider package exports as `createProvider`.
 *
 * @throws ProviderError when the context lacks what the provider cannot do without
 */
export type CreateProvider = (context: ProviderContext) => CloudProvider | Promise<CloudProvider>;

/** What a provider package exports. Without a description, the provider itself is asked once it is made. */
export interface ProviderModule {
  readonly createProvider: CreateProvider;
  readonly description?: ProviderDescription;
}
