import type { CloudProvider } from './contract.ts';

/** Which subnet new machines get, as a MachineSet's provider spec names it. */
export interface SubnetReference {
  readonly id?: string;
  readonly arn?: string;
  /** The cloud's own filters, such as `tag:Name`. */
  readonly filters?: readonly { readonly name: string; readonly values: readonly string[] }[];
}

/** One call to the platform's API, for metrics. */
export interface ProviderCall {
  /** The platform's name of the operation, such as `AssignPrivateIpAddresses`. */
  readonly operation: string;
  /** The platform's error code; absent when the call succeeded. */
  readonly errorCode?: string;
  readonly durationMilliseconds: number;
}

/** What a provider is given when it is made. Everything is optional: a provider finds out for itself what it is not told. */
export interface ProviderContext {
  /** Region of the cluster: the flag's, else that of `Infrastructure.status.platformStatus`. */
  readonly region?: string;
  /** Instead of the platform's own API endpoint: the flag's, else that of `Infrastructure.status.platformStatus`. */
  readonly endpoint?: string;
  /** Most calls per second to the platform's API. */
  readonly callsPerSecond?: number;
  /**
   * The decoded keys of the credentials secret, as it is now; undefined while there is none.
   * Asked again before credentials would be used, so that a changed secret takes effect.
   */
  readonly readSecret?: () => Readonly<Record<string, string>> | undefined;
  /** The subnets that new machines get, as they are now. */
  readonly subnets?: () => readonly SubnetReference[];
  /** Told of every call to the platform's API. */
  readonly onCall?: (call: ProviderCall) => void;
}

/**
 * What a provider package exports as `createProvider`.
 *
 * @throws ProviderError when the context lacks what the provider cannot do without
 */
export type CreateProvider = (context: ProviderContext) => CloudProvider | Promise<CloudProvider>;
