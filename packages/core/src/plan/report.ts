import { compareAddresses, formatAddress, parseAddress, type Address } from '../address/address.ts';
import type { Finding } from '../finding/finding.ts';
import type { NodeCapacity } from '../network-contract/facts.ts';
import type { Pool, PoolAssignment } from '../place/pool.ts';
import type { Decided } from '../render/decided.ts';
import type { Rendered } from '../render/render.ts';
import { findingsOf } from './findings.ts';
import type { CidrUsage, EgressIPAMReport, NodeReport, Plan } from './plan-types.ts';
import { presentIn } from '../parse/parse-lists.ts';
import { reportWaiting, type PoolCounts, type ReportedAllocations } from './report-allocations.ts';

/**
 * Writes down what was decided, as plain data.
 *
 * @param reported who has what, by {@link reportAllocations}
 */
export function reportPlan(
  decided: Decided,
  rendered: Rendered,
  found: readonly Finding[],
  reported: ReportedAllocations,
): Plan {
  const waiting = reportWaiting(decided.unsettled);
  const refused = refusedIn(decided);
  const crowded = crowdedFindings(decided, rendered);
  const isAwaited = waiting.length > 0 || crowded.length > 0;
  const wakeAt = wakeTime(isAwaited ? decided.cooling.next : undefined, rendered.rendering.wakeAt);
  const { tables } = decided.facts;
  return {
    formatVersion: 2,
    allocations: presentIn(reported.allocations),
    waiting,
    steps: rendered.steps,
    findings: [...found, ...findingsOf(decided), ...crowded, ...rendered.rendering.findings],
    egressIPAMs: decided.pools.list.map((pool) => reportEgressIPAM(decided, rendered, pool, reported.countsOf(pool))),
    nodes: reportNodes(decided, reported),
    ...(tables === undefined
      ? {}
      : { tables: tables.map(({ name, entries, uncounted, size }) => ({ table: name, entries, uncounted, size })) }),
    ...(refused.length === 0 ? {} : { refused }),
    ...(wakeAt === undefined ? {} : { wakeAt: new Date(wakeAt).toISOString() }),
  };
}

/** That releases wait for others to cool down: their addresses stay where they are, and nobody else gets them. */
function crowdedFindings({ pools }: Decided, { remembered }: Rendered): readonly Finding[] {
  return remembered.flatMap(({ late }, index): readonly Finding[] => {
    if (late.length === 0) return [];
    const count = late.reduce((sum, { addresses }) => sum + addresses.length, 0);
    const message = `so many addresses cool down that the status has no room for ${count} more that namespaces gave back: they stay where they are until others have cooled down; shorten coolDown`;
    const object = { kind: 'EgressIPAM', name: pools.list[index]?.name ?? '' };
    return [{ code: 'TooManyCooling', severity: 'warning', object, field: 'spec.coolDown', message }];
  });
}

/** What cannot be had just now: what the network says, and what the cloud said is somebody else's. */
function refusedIn({ facts, usedElsewhere, snapshot }: Decided): NonNullable<Plan['refused']> {
  const conflicts = (snapshot.source.provider.failures ?? []).flatMap(({ error, address }) =>
    error.class === 'conflict' ? (parseAddress(address) ?? []) : [],
  );
  const inUse = new Set(conflicts.filter((address) => usedElsewhere.has(address) && !facts.refused.has(address)));
  return [...facts.refused, ...inUse]
    .sort(compareAddresses)
    .map((address) => ({ address: formatAddress(address), reason: inUse.has(address) ? 'InUse' : 'Unassignable' }));
}

/** The earlier of two moments, as far as there are any. */
function wakeTime(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

function reportEgressIPAM(decided: Decided, rendered: Rendered, pool: Pool, counts: PoolCounts): EgressIPAMReport {
  const { generation } = pool.egressIPAM.source;
  const { claims, served, carried, waiting, refused, states } = counts;
  const remembered = rendered.remembered[pool.index];
  return {
    name: pool.name,
    ...(generation === undefined ? {} : { generation }),
    deleting: pool.egressIPAM.deleting,
    cidrs: pool.assignments.map((assignment) => usageOf(decided, assignment, counts, pool.egressIPAM.deleting)),
    claims,
    served,
    carried,
    waiting,
    refused,
    ...(states.size === 0 ? {} : { states: Object.fromEntries(states) }),
    released: remembered?.released ?? [],
    ...(remembered === undefined || remembered.late.length === 0 ? {} : { late: remembered.late }),
  };
}

function usageOf(
  { ledger, nodes, traits }: Decided,
  { assignment, group, order }: PoolAssignment,
  counts: PoolCounts,
  isDeleting: boolean,
): CidrUsage {
  const { cidr, labelValue, drain } = assignment;
  const { allocated = 0, placed = 0, carried = 0, fewestTakers = Infinity } = counts.assignments[order] ?? {};
  // What no node can carry, or drains, is not free to anybody; while its nodes take nothing, nothing is known of that.
  const isClosed =
    drain || isDeleting || !traits.families.includes(cidr.family) || group.selection.selected.length === 0;
  const known = group.selection.candidates.length === 0 ? [cidr] : group.hostable;
  const parts = isClosed ? [] : known;
  const free = parts.reduce((sum, { first, last }) => sum + sizeOf(first, last) - ledger.countTaken(first, last), 0n);
  const capacity = group.selection.candidates.reduce(
    (sum, node) => sum + mostOf(nodes.capacityOf(node), cidr.family),
    0,
  );
  const { selected, candidates } = group.selection.names;
  return {
    cidr: cidr.text,
    labelValue,
    total: cidr.size.toString(),
    reserved: (cidr.size - free - BigInt(allocated)).toString(),
    allocated,
    free: free.toString(),
    ...(isClosed ? { closed: true as const } : {}),
    placed,
    carried,
    ...(Number.isFinite(capacity) ? { capacity } : {}),
    nodes: selected,
    ...(candidates.length === selected.length ? {} : { takers: candidates }),
    ...(fewestTakers < candidates.length ? { fewestTakers } : {}),
  };
}

function sizeOf(first: Address, last: Address): bigint {
  return BigInt(last) - BigInt(first) + 1n;
}

function mostOf({ ipv4, ipv6, total }: NodeCapacity, family: 4 | 6): number {
  return Math.min(total, family === 4 ? ipv4 : ipv6);
}

function reportNodes({ nodes, pools }: Decided, reported: ReportedAllocations): readonly NodeReport[] {
  const reports: NodeReport[] = [];
  for (const [node, { name }] of nodes.entries()) {
    const pool = pools.ofNode(node);
    if (pool === undefined) continue;
    const { ipv4, ipv6, total } = nodes.capacityOf(node);
    const most = Math.min(total, ipv4 + ipv6, Number.isFinite(ipv4) ? ipv4 : Infinity);
    const capacity = Number.isFinite(most) ? { capacity: most } : {};
    reports.push({ node: name, egressIPAM: pool.name, placed: reported.placedOn(node), ...capacity });
  }
  return reports;
}
