import { rangesAround, type ObjectReader, type RangeText } from '@egressip-ipam/core/plugin';

/** More than an address or a CIDR ever has. */
const longest = 64;

/**
 * A list of addresses or CIDRs, where it is no longer than `most`: whoever may write such an object may write sixty
 * thousand. Of a longer one that is kept which our record has, and the others as few ranges; that is said. A text that
 * is too long for an entry stays as a sign.
 */
export function shorten(
  reader: ObjectReader,
  field: string,
  most: number,
  record = '',
): { readonly texts: readonly string[]; readonly others?: readonly RangeText[] } {
  const texts = reader.texts(field).map((text) => (text.length > longest ? '…' : text));
  if (texts.length <= most) return { texts };
  reader.problem(
    field,
    `it has ${texts.length} entries, and ${most} are the most that OpenShift SDN is taken to carry: nothing here is changed while that is so, and all that it names counts as in use; take out what nobody needs`,
  );
  const ours = new Set(record.split(',').map((entry) => entry.split('=', 1)[0]));
  return {
    texts: texts.filter((text) => ours.has(text)),
    others: rangesAround(texts.filter((text) => !ours.has(text))),
  };
}
