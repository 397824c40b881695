import { parseAddress } from '../address/address.ts';
import { parseRange } from '../address/address-range.ts';
import { cidrContains, cidrsOverlap, parseCidr } from '../address/cidr.ts';
import type { Finding } from '../finding/finding.ts';
import type { Plan, WaitingClaim } from '../plan/plan-types.ts';
import { plan } from '../plan/planner.ts';
import type { CidrAssignmentSnapshot, ClusterSnapshot, NamespaceSnapshot } from '../snapshot/snapshot.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import { plain } from '../plain/plain-network.ts';
import { byName } from '../snapshot/compare-names.ts';
import { settle } from './settle.ts';

/** What might happen to a cluster. */
export interface Scenario {
  /** Nodes that are gone. */
  readonly withoutNodes?: readonly string[];
  /** So many new namespaces claim from an EgressIPAM. */
  readonly addNamespaces?: { readonly egressIPAM: string; readonly count: number };
  /** CIDR assignments added to an EgressIPAM, or put in the place of those that they overlap (resized). */
  readonly cidrs?: { readonly egressIPAM: string; readonly assignments: readonly CidrAssignmentSnapshot[] };
}

/** An address that changes its node. */
export interface Move {
  readonly namespace: string;
  readonly address: string;
  /** `null`: no node carried it. */
  readonly from: string | null;
  /** `null`: no node can carry it. */
  readonly to: string | null;
}

/** What a scenario would do. */
export interface Simulation {
  /** The plan after the scenario, from a cluster that had settled before it. */
  readonly plan: Plan;
  readonly moves: readonly Move[];
  /** Claims that wait after the scenario and did not before. */
  readonly newlyWaiting: readonly WaitingClaim[];
  /** Namespaces that are served after the scenario and were not before. */
  readonly newlyServed: readonly string[];
  /**
   * What is to be looked after once everything has settled again, and was not before; of namespaces that wait
   * `newlyWaiting` tells.
   */
  readonly newFindings: readonly Finding[];
}

/**
 * Says who moves and who waits when something happens. The cluster is settled first, so that only the scenario shows.
 *
 * @example
 * ```ts
 * import { readObjects } from '@egressip-ipam/core';
 * import { simulate } from '@egressip-ipam/core/simulate';
 *
 * const { snapshot } = readObjects([{ kind: 'Node', metadata: { name: 'n1' } }]);
 * const { moves, newlyWaiting } = simulate(snapshot, { withoutNodes: ['n1'] });
 * for (const { address, from, to } of moves) console.log(`${address} moves from ${from} to ${to}`);
 * ```
 */
export function simulate(snapshot: ClusterSnapshot, scenario: Scenario, backend: NetworkBackend = plain): Simulation {
  const settled = settle(snapshot, backend);
  const before = plan(settled, backend);
  const changed = applyScenario(settled, scenario, backend);
  const after = plan(changed, backend);
  const placedBefore = placements(before);
  const waitedBefore = new Set(before.waiting.map(({ namespace }) => namespace));
  const servedBefore = new Set(before.allocations.map(({ namespace }) => namespace));
  const stranded = strandedIn(before, after);
  const moves = [...placements(after)].flatMap(([address, { namespace, node }]) => {
    const previous = placedBefore.get(address);
    if (previous === undefined) return [];
    // Who places has not said a node, and none is left that could take it.
    const isStranded = node === null && stranded(address);
    return previous.node === node && !isStranded ? [] : [{ namespace, address, from: previous.node, to: node }];
  });
  return {
    plan: after,
    moves,
    newlyWaiting: after.waiting.filter(({ namespace }) => !waitedBefore.has(namespace)),
    newlyServed: after.allocations
      .map(({ namespace }) => namespace)
      .filter((namespace) => !servedBefore.has(namespace)),
    newFindings: newFindings(before, plan(settle(changed, backend), backend)),
  };
}

function newFindings(before: Plan, after: Plan): readonly Finding[] {
  const keyOf = ({ code, object, addresses = [] }: Finding): string =>
    [code, object.kind, object.name, ...addresses].join(' ');
  const known = new Set(before.findings.map(keyOf));
  const waiting = new Set(after.waiting.map(({ namespace }) => namespace));
  return after.findings.filter(
    (finding) =>
      finding.severity !== 'info' &&
      !known.has(keyOf(finding)) &&
      !(finding.object.kind === 'Namespace' && waiting.has(finding.object.name)),
  );
}

/** Whether an address lies in a CIDR of which nodes took addresses before, and none does after. */
function strandedIn(before: Plan, after: Plan): (address: string) => boolean {
  const emptyIn = ({ egressIPAMs }: Plan): readonly string[] =>
    egressIPAMs.flatMap(({ cidrs }) =>
      cidrs.filter(({ takers, nodes }) => (takers ?? nodes).length === 0).map(({ cidr }) => cidr),
    );
  const emptyBefore = new Set(emptyIn(before));
  const lost = emptyIn(after).flatMap((text) => (emptyBefore.has(text) ? [] : (parseCidr(text)?.cidr ?? [])));
  return (text) => {
    const address = lost.length === 0 ? undefined : parseAddress(text);
    return address !== undefined && lost.some((cidr) => cidrContains(cidr, address));
  };
}

function placements({
  allocations,
}: Plan): ReadonlyMap<string, { readonly namespace: string; readonly node: string | null }> {
  return new Map(
    allocations.flatMap(({ namespace, addresses, nodes }) =>
      addresses.map((address, index) => [address, { namespace, node: nodes[index] ?? null }] as const),
    ),
  );
}

function applyScenario(snapshot: ClusterSnapshot, scenario: Scenario, backend: NetworkBackend): ClusterSnapshot {
  const { withoutNodes = [], addNamespaces, cidrs } = scenario;
  const stays = (name: string): boolean => !withoutNodes.includes(name);
  const { observation } = snapshot.provider;
  const added = addNamespaces === undefined ? [] : newNamespaces(addNamespaces.egressIPAM, addNamespaces.count);
  const left = backend.withoutNodes?.(snapshot.network.objects, (node) => !stays(node)) ?? snapshot.network.objects;
  const names = added.map(({ name }) => name);
  const objects = backend.provision?.(left, { nodes: [], namespaces: names }) ?? left;
  return {
    ...snapshot,
    network: { ...snapshot.network, objects },
    nodes: snapshot.nodes.filter(({ name }) => stays(name)),
    namespaces: [...snapshot.namespaces, ...added].sort(byName),
    egressIPAMs: snapshot.egressIPAMs.map((egressIPAM) => {
      if (egressIPAM.name !== cidrs?.egressIPAM) return egressIPAM;
      const isKept = ({ CIDR }: CidrAssignmentSnapshot): boolean =>
        !cidrs.assignments.some((assignment) => overlap(assignment.CIDR, CIDR));
      const replaced = egressIPAM.cidrAssignments.filter((assignment) => !isKept(assignment));
      const others = cidrs.assignments.map((assignment) => withReserved(assignment, replaced));
      return { ...egressIPAM, cidrAssignments: [...egressIPAM.cidrAssignments.filter(isKept), ...others] };
    }),
    provider:
      observation === undefined
        ? snapshot.provider
        : {
            ...snapshot.provider,
            observation: { ...observation, nodes: observation.nodes.filter(({ node }) => stays(node)) },
          },
  };
}

/** What was kept back in the CIDRs that another takes the place of is kept back in that, as far as it lies there. */
function withReserved(
  assignment: CidrAssignmentSnapshot,
  replaced: readonly CidrAssignmentSnapshot[],
): CidrAssignmentSnapshot {
  const cidr = parseCidr(assignment.CIDR)?.cidr;
  const isInside = (text: string): boolean => {
    const range = parseRange(text);
    return (
      cidr !== undefined && range !== undefined && cidrContains(cidr, range.first) && cidrContains(cidr, range.last)
    );
  };
  const inside = replaced.flatMap(({ reservedIPs = [] }) => reservedIPs.filter(isInside));
  return inside.length === 0
    ? assignment
    : { ...assignment, reservedIPs: [...(assignment.reservedIPs ?? []), ...inside] };
}

function overlap(one: string, other: string): boolean {
  const [first, second] = [parseCidr(one)?.cidr, parseCidr(other)?.cidr];
  return first === undefined || second === undefined ? one === other : cidrsOverlap(first, second);
}

function newNamespaces(egressIPAM: string, count: number): readonly NamespaceSnapshot[] {
  const width = String(count).length;
  return Array.from({ length: count }, (_, index) => ({
    name: `simulated-${String(index + 1).padStart(width, '0')}`,
    createdAt: '9999-01-01T00:00:00Z',
    egressIPAM,
  }));
}
