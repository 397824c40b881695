import type { ObjectReader } from '@egressip-ipam/core/plugin';

/** An EgressIPAM has 64 of each at the most. */
const mostCidrs = 128;
/** Characters of an IPv6 address at its longest, and its prefix. */
const longestCidr = 43;

/** What a policy says of destinations. */
export interface ReadCidrs {
  readonly destinations: readonly string[];
  readonly excluded: readonly string[];
  /** How many of each family are left out; absent where none are. */
  readonly more?: Readonly<Record<4 | 6, number>>;
}

/** The family of what Cilium takes for a CIDR. */
export const familyOfCidr = (cidr: string): 4 | 6 => (cidr.includes(':') ? 6 : 4);

/** Reads `spec.destinationCIDRs` and `spec.excludedCIDRs`; of more than anybody writes by hand the rest is counted. */
export function readCidrs(reader: ObjectReader): ReadCidrs {
  const more = { 4: 0, 6: 0 };
  const read = (field: string): readonly string[] => {
    const texts = reader.texts('spec', field);
    if (texts.length <= mostCidrs && texts.every(isShort)) return texts;
    const kept = new Set<string>();
    for (const text of texts) {
      if (isShort(text) && (kept.size < mostCidrs || kept.has(text))) kept.add(text);
      else more[familyOfCidr(text.slice(0, longestCidr))] += 1;
    }
    const message = `it has ${texts.length} CIDRs, of which ${kept.size} are kept; it counts as a policy for all that others send to. Make several policies of it`;
    reader.problem(`spec.${field}`, message);
    return [...kept];
  };
  const cidrs = { destinations: read('destinationCIDRs'), excluded: read('excludedCIDRs') };
  return more[4] + more[6] === 0 ? cidrs : { ...cidrs, more };
}

function isShort(text: string): boolean {
  return text.length <= longestCidr;
}
