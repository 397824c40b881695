import type { ReleasedAddresses } from '../snapshot/snapshot.ts';

/**
 * `status.released` keeps at most so many entries, unless more of them cool down: each release writes all, which with a
 * thousand was most of what the API server did.
 */
const mostReturnable = 200;
/** As many entries as this version's definition of EgressIPAM takes. */
const mostEntries = 10_000;
/** Characters of JSON: etcd takes 1.5 MiB for the whole object. */
const mostCharacters = 1_000_000;

/** An entry, and whether it has to be remembered: it cools down, or proves that an address is ours. */
export interface Release {
  readonly entry: ReleasedAddresses;
  readonly isLasting: boolean;
}

/** What of an EgressIPAM's releases its status has room for. */
interface FittedReleases {
  /** In the order that they came in. */
  readonly released: readonly ReleasedAddresses[];
  /** Those that have to be remembered and find no room: their last trace stays until they do. */
  readonly late: readonly ReleasedAddresses[];
}

/**
 * A running cool-down is never evicted: where there is no room for another one, that waits until one has ended. What
 * only lets a namespace return goes first, the oldest of it.
 *
 * @param most entries that the definition in force takes
 */
export function fitReleased(
  known: readonly Release[],
  fresh: readonly Release[],
  most: number = mostEntries,
): FittedReleases {
  const kept = new Set<ReleasedAddresses>();
  const late: ReleasedAddresses[] = [];
  let characters = 0;
  const take = (entry: ReleasedAddresses): void => {
    kept.add(entry);
    characters += sizeOf(entry);
  };
  const hasRoomFor = (entry: ReleasedAddresses): boolean =>
    kept.size < Math.min(most, mostEntries) && characters + sizeOf(entry) <= mostCharacters;
  for (const { entry, isLasting } of known) if (isLasting) take(entry);
  for (const { entry, isLasting } of fresh) {
    if (isLasting && hasRoomFor(entry)) take(entry);
    else if (isLasting) late.push(entry);
  }
  const all = [...known, ...fresh];
  for (const { entry, isLasting } of all.toReversed())
    if (!isLasting && kept.size < mostReturnable && hasRoomFor(entry)) take(entry);
  return { released: all.flatMap(({ entry }) => (kept.has(entry) ? [entry] : [])), late };
}

/** With the comma that follows. */
function sizeOf(entry: ReleasedAddresses): number {
  return JSON.stringify(entry).length + 1;
}
