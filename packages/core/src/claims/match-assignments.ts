import type { Address } from '../address/address.ts';
import { cidrContains } from '../address/cidr.ts';
import { areApart, firstWith } from '../address/cidr-holders.ts';
import type { ParsedAssignment, ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';

const none: readonly never[] = [];

/** Whether an address lies in an assignment's CIDR. */
export function contains(assignment: ParsedAssignment, address: Address): boolean {
  return cidrContains(assignment.cidr, address);
}

/** The first assignment of an EgressIPAM whose CIDR has an address. */
export function assignmentOf({ assignments }: ParsedEgressIPAM, address: Address): ParsedAssignment | undefined {
  return firstWith(assignments, address)?.holder;
}

/** Whether there is one address for each assignment, in the same order: the usual case, decided without searching. */
export function fitsInOrder(addresses: readonly Address[], assignments: readonly ParsedAssignment[]): boolean {
  if (addresses.length !== assignments.length) return false;
  for (let index = 0; index < addresses.length; index += 1) {
    const assignment = assignments[index];
    const address = addresses[index];
    if (assignment === undefined || address === undefined || !contains(assignment, address)) return false;
  }
  return true;
}

/**
 * Gives each address an assignment whose CIDR has it, no two the same one, and as many as
 * possible (CIDRs may lie in each other, so this is a small bipartite matching).
 */
export function matchAssignments(
  addresses: readonly Address[],
  assignments: readonly ParsedAssignment[],
): readonly (ParsedAssignment | undefined)[] {
  if (fitsInOrder(addresses, assignments)) return assignments;
  const candidates = candidatesOf(addresses, assignments);
  const holder = new Map<ParsedAssignment, number>();
  const assign = (position: number, visited: Set<ParsedAssignment>): boolean => {
    for (const assignment of candidates[position] ?? []) {
      if (visited.has(assignment)) continue;
      visited.add(assignment);
      const other = holder.get(assignment);
      if (other !== undefined && !assign(other, visited)) continue;
      holder.set(assignment, position);
      return true;
    }
    return false;
  };
  addresses.forEach((_, position) => assign(position, new Set()));
  const result = new Array<ParsedAssignment | undefined>(addresses.length).fill(undefined);
  for (const [assignment, position] of holder) result[position] = assignment;
  return result;
}

/** For each address the assignments whose CIDRs have it, in order: mostly one, as CIDRs mostly lie apart. */
function candidatesOf(
  addresses: readonly Address[],
  assignments: readonly ParsedAssignment[],
): readonly (readonly ParsedAssignment[])[] {
  if (!areApart(assignments))
    return addresses.map((address) => assignments.filter((assignment) => contains(assignment, address)));
  return addresses.map((address) => {
    const found = firstWith(assignments, address);
    return found === undefined ? none : [found.holder];
  });
}

/**
 * The open assignments of an EgressIPAM that none of these addresses fills. An
 * address that lies in no CIDR any more still stands for one: shrinking a CIDR
 * gives nobody a second address.
 */
export function missingAssignments(
  addresses: readonly Address[],
  egressIPAM: ParsedEgressIPAM,
): readonly ParsedAssignment[] {
  if (fitsInOrder(addresses, egressIPAM.assignments)) return [];
  const matched = matchAssignments(addresses, egressIPAM.assignments);
  const filled = new Set(matched);
  const outside = matched.filter((assignment) => assignment === undefined).length;
  return egressIPAM.open.filter((assignment) => !filled.has(assignment)).slice(outside);
}
