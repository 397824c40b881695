import type { ReadCollection } from '../store/cluster-store.ts';

/** How long reading may fail, in milliseconds, before it is no longer a moment's trouble. */
const longestFailing = 30_000;

/** Why a replica is not ready; undefined when it is. */
export function whyNotReady(
  collections: readonly Pick<ReadCollection, 'kind' | 'hasSynced' | 'failingSince' | 'mayBeLate' | 'trouble'>[],
  trouble: string | undefined,
  now: number,
): string | undefined {
  const unsynced = collections.filter(({ hasSynced }) => !hasSynced);
  if (unsynced.length > 0) return `not everything is read yet: ${unsynced.map(({ kind }) => kind).join(', ')}`;
  const failing = collections.filter(
    ({ failingSince, mayBeLate }) =>
      mayBeLate !== true && failingSince !== undefined && now - failingSince > longestFailing,
  );
  if (failing.length > 0)
    return `the API server has not let these be read for more than ${longestFailing / 1000} s: ${failing.map(({ kind }) => kind).join(', ')}`;
  return trouble ?? collections.find((collection) => collection.trouble !== undefined)?.trouble;
}
