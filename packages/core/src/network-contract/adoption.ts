import type { Address } from '../address/address.ts';
import type { MakerFields } from '../snapshot/read-applied.ts';
import type { NetworkDecisions } from './decisions.ts';

/**
 * What the annotation `adopted` is to say of an object that has our name and label, and that somebody else made; absent
 * where it says so, or is not to. Such an object proves its addresses together with our record alone, and both may come
 * out of one backup; once they turned out to be the namespace's, it proves them for good.
 *
 * @param addresses what it says, all of which its namespace keeps
 */
export function adoptionOf(
  { applied, uid }: MakerFields,
  addresses: readonly Address[],
  { isContested }: Pick<NetworkDecisions, 'isContested'>,
): string | undefined {
  return applied === false && !addresses.some(isContested) ? uid : undefined;
}

/** Who is told as the maker of such an object after a write of ours: a patch of what others made leaves that so. */
export function makerAfter(before: MakerFields | undefined, adopted: string | undefined): MakerFields {
  if (before === undefined || adopted !== undefined) return { applied: true };
  const { applied, uid } = before;
  return { ...(applied === undefined ? {} : { applied }), ...(uid === undefined ? {} : { uid }) };
}
