/** What a provider is told beside what the cluster says. */
export interface CloudOptions {
  readonly region?: string;
  readonly endpoint?: string;
  /** Most calls per second. */
  readonly callsPerSecond?: number;
}
