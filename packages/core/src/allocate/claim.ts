import type { Address } from '../address/address.ts';
import { cidrContains } from '../address/cidr.ts';
import type { Finding } from '../finding/finding.ts';
import type { ParsedAssignment, ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { ParsedNamespace } from '../parse/parse-namespace.ts';
import type { Siblings } from '../place/placer.ts';
import type { AllocationSource } from '../plan/plan-types.ts';
import type { AddressTable } from './address-table.ts';

/** A namespace that takes part in a plan: it claims, or it still has what it claimed. */
export interface Claim {
  readonly namespace: ParsedNamespace;
  /** Position of the namespace in the snapshot; its 1-based form marks addresses as owned. */
  readonly namespaceIndex: number;
  /** Position of the EgressIPAM, or -1 when there is none of that name. */
  readonly egressIPAM: number;
  /** The final allocation. */
  addresses: readonly Address[];
  /** The same by slot, for placement; see {@link siblingsOf}. */
  readonly siblings: Siblings;
  /** Addresses on their way out. */
  leaving: readonly Address[];
  source: AllocationSource;
  /** What the owner asks for and has to be checked, as long as it is undecided. */
  input: readonly Address[] | undefined;
  /** Whether the annotation asks for something else than `addresses`, not accepted yet or refused. It then stays as its owner wrote it. */
  edited: boolean;
  /** Open CIDR assignments that still lack an address. */
  missing: readonly ParsedAssignment[];
  /** Why it is not served, or not in full. */
  waiting: Finding | undefined;
  /**
   * Everything goes: opt-out, switch, deletion of the EgressIPAM. `all` takes the `egressips`
   * annotation too, `record` only what this project noted (its owner has asked for other addresses).
   */
  release: 'all' | 'record' | undefined;
}

/** The addresses that a claim has now, as its items see them: asked for again whenever they change. */
export function siblingsOf(claim: Claim, table: AddressTable): Siblings {
  claim.siblings.slots = claim.addresses.map((address) => table.slotOf(address));
  return claim.siblings;
}

/** Whether an address lies in an assignment's CIDR. */
export function contains(assignment: ParsedAssignment, address: Address): boolean {
  return cidrContains(assignment.cidr, address);
}

/** The first assignment of an EgressIPAM whose CIDR has an address. */
export function assignmentOf(egressIPAM: ParsedEgressIPAM, address: Address): ParsedAssignment | undefined {
  const { assignments } = egressIPAM;
  for (let index = 0; index < assignments.length; index += 1) {
    const assignment = assignments[index];
    if (assignment !== undefined && contains(assignment, address)) return assignment;
  }
  return undefined;
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
  const holder = new Map<ParsedAssignment, number>();
  const assign = (position: number, visited: Set<ParsedAssignment>): boolean => {
    const address = addresses[position];
    if (address === undefined) return false;
    for (const assignment of assignments) {
      if (!contains(assignment, address) || visited.has(assignment)) continue;
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

/**
 * The open assignments of an EgressIPAM that none of these addresses fills. An
 * address that lies in no CIDR any more still stands for one: shrinking a CIDR
 * gives nobody a second address.
 */
export function missingAssignments(addresses: readonly Address[], egressIPAM: ParsedEgressIPAM): readonly ParsedAssignment[] {
  if (fitsInOrder(addresses, egressIPAM.assignments)) return [];
  const matched = matchAssignments(addresses, egressIPAM.assignments);
  const filled = new Set(matched);
  const outside = matched.filter((assignment) => assignment === undefined).length;
  return egressIPAM.open.filter((assignment) => !filled.has(assignment)).slice(outside);
}
