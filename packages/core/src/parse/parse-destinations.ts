import { cidrContainsCidr, parseCidr, type Cidr } from '../address/cidr.ts';
import type { FindingCode } from '../finding/codes.ts';
import type { FindingSeverity } from '../finding/finding.ts';
import { quoted } from '../finding/quoted.ts';
import type { Destinations, FamilyDestinations } from '../network-contract/destinations.ts';
import { parseCidrs } from './parse-lists.ts';
import { compareNames } from '../snapshot/compare-names.ts';
import type { EgressIPAMSnapshot } from '../snapshot/snapshot.ts';

type Report = (code: FindingCode, severity: FindingSeverity, field: string, message: string) => void;

interface Entry {
  readonly cidr: Cidr;
  readonly field: string;
}

/** Everywhere: what an EgressIPAM that says nothing means. */
const everywhere: Destinations = {
  4: { included: ['0.0.0.0/0'], excluded: [] },
  6: { included: ['::/0'], excluded: [] },
};

/**
 * Where to traffic leaves by the addresses of an EgressIPAM. Undefined where an entry cannot be read: to leave one out
 * would send traffic by addresses that nobody meant.
 */
export function parseDestinations(
  { destinationCIDRs = [], excludedCIDRs = [] }: EgressIPAMSnapshot,
  report: Report,
): Destinations | undefined {
  if (destinationCIDRs.length === 0 && excludedCIDRs.length === 0) return everywhere;
  const listed = parseEntries(destinationCIDRs, 'spec.destinationCIDRs', report);
  const excluded = parseEntries(excludedCIDRs, 'spec.excludedCIDRs', report);
  if (listed === undefined || excluded === undefined) return undefined;
  const included: Readonly<Record<4 | 6, readonly Cidr[]>> = {
    4: includedOf(listed, '0.0.0.0/0'),
    6: includedOf(listed, '::/0'),
  };
  const effective = excluded
    .filter((entry) => isEffective(entry, included[entry.cidr.family], report))
    .map(({ cidr }) => cidr);
  const ofFamily = (which: 4 | 6): FamilyDestinations => ({
    included: textsOf(included[which]),
    excluded: textsOf(effective.filter(({ family }) => family === which)),
  });
  return { 4: ofFamily(4), 6: ofFamily(6) };
}

/** As the definition of EgressIPAM has it. */
const mostEntries = 64;

function parseEntries(texts: readonly string[], list: string, report: Report): readonly Entry[] | undefined {
  if (texts.length > mostEntries) {
    const message = `it has ${texts.length} CIDRs, and ${mostEntries} are the most; until it has fewer, traffic goes on as it does`;
    report('TooManyEntries', 'error', list, message);
    return undefined;
  }
  const entries: Entry[] = [];
  texts.forEach((text, index) => {
    const field = `${list}[${index}]`;
    const cidr = parseCidr(text)?.cidr;
    if (cidr !== undefined) entries.push({ cidr, field });
    else
      report(
        'InvalidDestination',
        'error',
        field,
        `${quoted(text)} is not a CIDR; write it like 10.0.0.0/8 or 2001:db8::/32. Until it is corrected, traffic goes on as it does`,
      );
  });
  return entries.length === texts.length ? entries : undefined;
}

/** A family of which nothing is listed goes everywhere: its addresses would carry nothing otherwise. */
function includedOf(listed: readonly Entry[], all: string): readonly Cidr[] {
  const whole = parseCidrs([all]);
  const own = listed.map(({ cidr }) => cidr).filter(({ family }) => family === whole[0]?.family);
  return own.length === 0 ? whole : own;
}

/**
 * Of all that contain a destination the longest prefix decides, so that what is no part of another excludes nothing.
 */
function isEffective({ cidr, field }: Entry, included: readonly Cidr[], report: Report): boolean {
  const isListed = included.some(({ text }) => text === cidr.text);
  if (!isListed && included.some((other) => cidrContainsCidr(other, cidr))) return true;
  const why = isListed ? 'is a destination itself' : 'is no part of any destination';
  report(
    'ExclusionWithoutEffect',
    'warning',
    field,
    `${cidr.text} ${why} of spec.destinationCIDRs, and excludes nothing; exclude a part of one, or correct the destinations`,
  );
  return false;
}

/** Sorted, each once: another order in the list is no other content. */
function textsOf(cidrs: readonly Cidr[]): readonly string[] {
  return [...new Set(cidrs.map(({ text }) => text))].sort(compareNames);
}
