import type { Read } from '../finding/read.ts';
import type { ClusterRead } from './cluster-objects.ts';
import type { ObserveOptions, ProviderObservation } from './observation.ts';

/** What every entry of a provider's objects has. The rest is the provider's own. */
export interface ProviderEntry {
  readonly name: string;
}

/** A kind whose objects tell of a provider's platform. */
export interface ProviderKind<Entry extends ProviderEntry = ProviderEntry> extends ClusterRead {
  /**
   * Reads an object to its entry, and says what of it is left out; nothing, and no problem, for one that is not meant.
   * Never throws.
   */
  readonly read: (object: unknown) => Read<Entry>;
}

/** What was read of a provider's kinds, by kind. */
export type ProviderEntries = Readonly<Record<string, readonly ProviderEntry[]>>;

/** What is asked of a look: nodes, and canonical CIDRs. */
export type LookSubjects = Pick<ObserveOptions, 'nodes' | 'cidrs'>;

/**
 * A platform that stands in the cluster's own objects: what a look at it shows follows from them, with no call. So it
 * is known from files, too. Pure.
 */
export interface PlatformInObjects {
  readonly kinds: readonly ProviderKind[];
  /** The same that `observe` would tell of a cluster with these objects. Never throws. */
  readonly observe: (entries: ProviderEntries, subjects: LookSubjects) => ProviderObservation;
}

/** The entries of a kind; none where there are none. */
export function providerEntriesOf<Entry extends ProviderEntry>(
  entries: ProviderEntries,
  kind: ProviderKind<Entry>,
): readonly Entry[] {
  // Whatever stands under a kind's name was read by that kind's own reader.
  return (entries[kind.resource.kind] ?? []) as readonly Entry[];
}
