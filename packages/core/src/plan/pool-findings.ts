import { firstOverlaps } from '../address/first-overlaps.ts';
import type { FindingCode } from '../finding/codes.ts';
import type { Finding } from '../finding/finding.ts';
import { unlimited } from '../network-contract/facts.ts';
import type { Pool, PoolAssignment } from '../place/pool.ts';
import type { Decided } from '../render/decided.ts';
import { compareNames } from '../snapshot/compare-names.ts';

/** What is wrong with EgressIPAMs, and with their nodes. */
export function poolFindings(decided: Decided): readonly Finding[] {
  return [
    ...decided.pools.list.flatMap(({ egressIPAM }) => egressIPAM.findings),
    ...decided.pools.findings,
    ...overlappingCidrs(decided.pools.list),
    ...destinationFindings(decided),
    ...decided.pools.list.flatMap((pool) =>
      pool.assignments.flatMap((entry) => hostingFinding(decided, pool, entry) ?? []),
    ),
    ...shortages(decided),
  ];
}

function overlappingCidrs(pools: readonly Pool[]): readonly Finding[] {
  const all = pools
    .flatMap((pool) => pool.assignments.map(({ assignment }) => ({ pool, assignment })))
    .sort(
      (a, b) =>
        a.pool.egressIPAM.createdAt - b.pool.egressIPAM.createdAt ||
        compareNames(a.pool.name, b.pool.name) ||
        a.assignment.position - b.assignment.position,
    );
  const overlaps = firstOverlaps(all.map(({ assignment }) => assignment.cidr));
  return all.flatMap(({ pool, assignment }, position): readonly Finding[] => {
    const older = all[overlaps[position] ?? all.length];
    if (older === undefined) return [];
    const message = `${assignment.cidr.text} overlaps ${older.assignment.cidr.text} of EgressIPAM ${older.pool.name}; no address is given out twice, but usage is shared. Separate the two`;
    return [{ ...about(pool, assignment.position, '.CIDR'), code: 'OverlappingCIDR', message }];
  });
}

/** That a network sends everything by the addresses, whatever an EgressIPAM asks for. */
function destinationFindings({ traits, pools }: Decided): readonly Finding[] {
  if (traits.choosesDestinations === true) return [];
  return pools.list.flatMap(({ name, egressIPAM: { source } }) =>
    (['destinationCIDRs', 'excludedCIDRs'] as const)
      .filter((field) => (source[field] ?? []).length > 0)
      .map((field): Finding => ({
        code: 'DestinationsNotSupported',
        severity: 'warning',
        object: { kind: 'EgressIPAM', name },
        field: `spec.${field}`,
        message: `the network cannot tell destinations apart: spec.${field} has no effect, and all traffic that leaves the cluster leaves by the addresses; remove the field`,
      })),
  );
}

/** Whether nodes can carry a CIDR, and all of it. */
function hostingFinding(
  { traits, nodes }: Decided,
  pool: Pool,
  { assignment, group }: PoolAssignment,
): Finding | undefined {
  if (pool.egressIPAM.deleting) return undefined;
  const { cidr, labelValue, position } = assignment;
  const where = `${pool.egressIPAM.source.topologyLabel}=${labelValue}`;
  const finding = (code: FindingCode, message: string): Finding => ({ ...about(pool, position), code, message });
  if (!traits.families.includes(cidr.family)) {
    return finding(
      'CIDRNotHostable',
      `the network carries no IPv${cidr.family} egress addresses, so ${cidr.text} can never be served; remove the entry`,
    );
  }
  if (group.selection.selected.length === 0) {
    return finding(
      'NoNodes',
      `${pool.whyNoNodes(assignment)}, so ${cidr.text} cannot be served; ${pool.wayToNodes(assignment)}`,
    );
  }
  if (
    group.selection.candidates.length === 0 ||
    group.selection.candidates.some((node) => nodes.subnetsOf(node) === undefined)
  )
    return undefined;
  if (group.hostable.length === 0) {
    return finding(
      'CIDRNotHostable',
      `no node with ${where} has a subnet now that meets ${cidr.text}, so it cannot be served; correct the CIDR, or bring back the interface`,
    );
  }
  const hostable = group.hostable.reduce((sum, { first, last }) => sum + BigInt(last) - BigInt(first) + 1n, 0n);
  if (hostable === cidr.size) return undefined;
  const message = `${hostable} of the ${cidr.size} addresses of ${cidr.text} lie in subnets of its nodes, and are given out; the others are not, as no node can carry them`;
  return { ...finding('CIDRPartlyHostable', message), severity: 'info' };
}

/** That claims wait for addresses or room: once per EgressIPAM and reason. */
function shortages({ unsettled, nodes, pools }: Decided): readonly Finding[] {
  const counts = new Map<string, { readonly pool: Pool; readonly code: FindingCode; count: number }>();
  for (const { claim, waiting } of unsettled) {
    const code = waiting === undefined ? undefined : shortageCodes.get(waiting.code);
    if (code === undefined || claim.pool === undefined) continue;
    const key = `${claim.pool.name}/${code}`;
    const entry = counts.get(key);
    if (entry === undefined) counts.set(key, { pool: claim.pool, code, count: 1 });
    else entry.count += 1;
  }
  const isLimited = pools.list.some(({ assignments }) =>
    assignments.some(({ group }) => group.selection.selected.some((node) => nodes.capacityOf(node) !== unlimited)),
  );
  return [...counts.values()].map(({ pool, code, count }) => {
    const room = isLimited ? 'add nodes or use larger ones' : 'add nodes';
    const who = count === 1 ? '1 namespace waits' : `${count} namespaces wait`;
    const message =
      code === 'AddressesExhausted'
        ? `${who} for an address; add or enlarge a CIDR, or release addresses`
        : `${who} for a node with room; ${room}`;
    return { code, severity: 'error', object: { kind: 'EgressIPAM', name: pool.name }, message };
  });
}

const shortageCodes: ReadonlyMap<FindingCode, FindingCode> = new Map<FindingCode, FindingCode>([
  ['WaitingForAddress', 'AddressesExhausted'],
  ['WaitingForCapacity', 'CapacityExhausted'],
]);

function about(pool: Pool, position: number, field = ''): Pick<Finding, 'severity' | 'object' | 'field'> {
  return {
    severity: 'warning',
    object: { kind: 'EgressIPAM', name: pool.name },
    field: `spec.cidrAssignments[${position}]${field}`,
  };
}
