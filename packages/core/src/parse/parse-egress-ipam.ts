import { mergeRanges, parseRange, platformReserved, type AddressRange } from '../address/address-range.ts';
import type { Address } from '../address/address.ts';
import { parseCidr, type Cidr } from '../address/cidr.ts';
import { specialAddressesIn } from '../address/special-ranges.ts';
import type { FindingCode } from '../finding/codes.ts';
import { AlikeFindings } from '../finding/alike-findings.ts';
import type { Finding, FindingSeverity } from '../finding/finding.ts';
import { quoted } from '../finding/quoted.ts';
import type { Destinations } from '../network-contract/destinations.ts';
import { defaultPodsPerNamespace } from '../network-contract/network-table.ts';
import { compileSelector } from '../snapshot/label-selector.ts';
import { parseDuration } from '../snapshot/duration.ts';
import type {
  CidrAssignmentSnapshot,
  EgressIPAMSnapshot,
  LabelSelector,
  ReleasedAddresses,
} from '../snapshot/snapshot.ts';
import { parseDestinations } from './parse-destinations.ts';
import { parseAddresses, parseTime } from './parse-lists.ts';

/** Whether labels are selected. */
type LabelMatcher = (labels: Readonly<Record<string, string>>) => boolean;

/** A CIDR assignment that parsed. */
export interface ParsedAssignment {
  readonly cidr: Cidr;
  readonly labelValue: string;
  /** Never handed out: what the admin reserved, and the network's own addresses; in order, none overlaps another. */
  readonly reserved: readonly AddressRange[];
  readonly drain: boolean;
  /** Position in `spec.cidrAssignments`. */
  readonly position: number;
}

/** Addresses remembered for a namespace that had them. */
interface ParsedReleased {
  readonly namespace: string;
  readonly addresses: readonly Address[];
  /** Milliseconds since 1970. */
  readonly releasedAt: number;
  readonly team: string | undefined;
}

/** An EgressIPAM with every text parsed once. What does not parse is a finding and is left out. */
export interface ParsedEgressIPAM {
  readonly name: string;
  readonly source: EgressIPAMSnapshot;
  readonly createdAt: number;
  readonly deleting: boolean;
  readonly assignments: readonly ParsedAssignment[];
  /** Assignments that give out new addresses: those that do not drain. */
  readonly open: readonly ParsedAssignment[];
  readonly selectsNode: LabelMatcher;
  readonly selectsNamespace: LabelMatcher;
  /** Milliseconds. */
  readonly coolDown: number;
  readonly destinations: Destinations | undefined;
  readonly podsPerNamespace: number;
  /** By team: its own limit of claims, where it has one. */
  readonly maxClaimsOf: ReadonlyMap<string, number>;
  readonly released: readonly ParsedReleased[];
  readonly findings: readonly Finding[];
}

/** Parses an EgressIPAM; nothing in it makes it throw. */
export function parseEgressIPAM(source: EgressIPAMSnapshot): ParsedEgressIPAM {
  const said = new AlikeFindings();
  const report = (code: FindingCode, severity: FindingSeverity, field: string, message: string): void => {
    said.add({ code, severity, object: { kind: 'EgressIPAM', name: source.name }, message, field });
  };
  const assignments = parseAssignments(source.cidrAssignments, report);
  if (source.cidrAssignments.length === 0) {
    report(
      'NoCIDRAssignments',
      'warning',
      'spec.cidrAssignments',
      'the EgressIPAM has no CIDR assignments, so no namespace gets an address; add one',
    );
  }
  const parsed = {
    name: source.name,
    source,
    createdAt: parseTime(source.createdAt),
    deleting: source.deletedAt !== undefined,
    assignments,
    open: assignments.filter((assignment) => !assignment.drain),
    selectsNode: matcher(source.nodeSelector, 'spec.nodeSelector', report),
    selectsNamespace: matcher(source.namespaceSelector, 'spec.namespaceSelector', report),
    coolDown: parseCoolDown(source.coolDown, report),
    destinations: parseDestinations(source, report),
    podsPerNamespace: source.podsPerNamespace ?? defaultPodsPerNamespace,
    // Of a team that stands there twice the first counts.
    maxClaimsOf: new Map((source.maxClaims?.teams ?? []).map((team) => [team.name, team.maxClaims] as const).reverse()),
    released: (source.released ?? []).map((entry, index) => parseReleased(entry, index, report)),
  };
  return { ...parsed, findings: said.all() };
}

/** A namespace has an address of each, and all of them have room in an annotation of the length that is read. */
export const mostAssignments = 128;

type Report = (code: FindingCode, severity: FindingSeverity, field: string, message: string) => void;

function parseAssignments(sources: readonly CidrAssignmentSnapshot[], report: Report): ParsedAssignment[] {
  const assignments: ParsedAssignment[] = [];
  const known = new Set<string>();
  let unused = 0;
  sources.forEach((source, index) => {
    const field = `spec.cidrAssignments[${index}]`;
    const parsed = parseCidr(source.CIDR);
    if (parsed === undefined) {
      report(
        'InvalidCIDR',
        'error',
        `${field}.CIDR`,
        `${quoted(source.CIDR)} is not a CIDR; write it like 10.0.0.0/24 or 2001:db8::/64. Nothing is allocated for this entry`,
      );
      return;
    }
    if (parsed.masked) {
      report(
        'CIDRNotMasked',
        'warning',
        `${field}.CIDR`,
        `${quoted(source.CIDR)} has host bits set and is used as ${parsed.cidr.text}`,
      );
    }
    const special = specialAddressesIn(parsed.cidr);
    if (special !== undefined) {
      const message = `${parsed.cidr.text} meets ${special}, with which no packet may leave a node; choose another CIDR. Nothing is allocated for this entry`;
      report('UnusableCIDR', 'error', `${field}.CIDR`, message);
      return;
    }
    if (known.has(parsed.cidr.text)) {
      report(
        'DuplicateCIDR',
        'error',
        `${field}.CIDR`,
        `${parsed.cidr.text} stands in the list already; remove one of the two. This entry is not used`,
      );
      return;
    }
    known.add(parsed.cidr.text);
    if (assignments.length === mostAssignments) {
      unused += 1;
      return;
    }
    assignments.push({
      cidr: parsed.cidr,
      labelValue: source.labelValue,
      reserved: mergeRanges([
        ...platformReserved(parsed.cidr),
        ...parseReserved(source.reservedIPs ?? [], parsed.cidr, field, report),
      ]),
      drain: source.drain === true,
      position: index,
    });
  });
  if (unused > 0) {
    const message = `${mostAssignments} CIDR assignments are the most that are used, and the last ${unused} give out nothing; remove some, or make another EgressIPAM of them`;
    report('TooManyEntries', 'error', 'spec.cidrAssignments', message);
  }
  return assignments;
}

function parseReserved(texts: readonly string[], cidr: Cidr, field: string, report: Report): AddressRange[] {
  const ranges: AddressRange[] = [];
  texts.forEach((text, index) => {
    const range = parseRange(text);
    const at = `${field}.reservedIPs[${index}]`;
    if (range === undefined) {
      report(
        'InvalidReservedIP',
        'error',
        at,
        `${quoted(text)} is neither an address, a CIDR nor a range first-last, and reserves nothing; correct it`,
      );
      return;
    }
    if (typeof range.first !== typeof cidr.first || range.last < cidr.first || range.first > cidr.last) {
      report(
        'ReservedIPOutsideCIDR',
        'warning',
        at,
        `${quoted(text)} is outside ${cidr.text} and reserves nothing there`,
      );
      return;
    }
    ranges.push(range);
  });
  return ranges;
}

/** Without a time nobody knows how long the addresses wait already: they do not. */
function parseReleased(
  { namespace, addresses, releasedAt, team }: ReleasedAddresses,
  index: number,
  report: Report,
): ParsedReleased {
  const time = Date.parse(releasedAt);
  if (!Number.isNaN(time)) return { namespace, addresses: parseAddresses(addresses), releasedAt: time, team };
  report(
    'InvalidObject',
    'warning',
    `status.released[${index}].releasedAt`,
    `${quoted(releasedAt)} is not a time such as 2026-01-01T00:00:00Z; the addresses of namespace ${namespace} cool down no longer`,
  );
  return { namespace, addresses: parseAddresses(addresses), releasedAt: Number.NEGATIVE_INFINITY, team };
}

/** Each is asked of every namespace, or of every node. */
const mostRequirements = 256;

/** A selector that cannot be understood selects nothing: serving too few is safer than serving the wrong ones. */
function matcher(selector: LabelSelector | undefined, field: string, report: Report): LabelMatcher {
  if (selector === undefined) return () => true;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const requirements = Object.keys(matchLabels).length + matchExpressions.length;
  if (requirements > mostRequirements) {
    const message = `it has ${requirements} requirements, and ${mostRequirements} are the most; until it has fewer it selects nothing`;
    report('TooManyEntries', 'error', field, message);
    return () => false;
  }
  const compiled = compileSelector(selector);
  if (compiled.ok) return compiled.matches;
  report('InvalidSelector', 'error', field, `${compiled.problem}; until it is corrected it selects nothing`);
  return () => false;
}

function parseCoolDown(text: string | undefined, report: Report): number {
  if (text === undefined) return 0;
  const duration = parseDuration(text);
  if (duration !== undefined && duration >= 0) return duration;
  report(
    'InvalidCoolDown',
    'error',
    'spec.coolDown',
    `${quoted(text)} is not a duration such as 10m or 1h30m; 10m is used`,
  );
  return 600_000;
}
