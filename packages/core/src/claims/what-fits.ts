import type { Address } from '../address/address.ts';
import type { Pool } from '../place/pool.ts';
import type { Claim } from './claim.ts';
import { matchAssignments, missingAssignments } from './match-assignments.ts';

const none: readonly never[] = [];

/**
 * Who comes back before the addresses of another EgressIPAM have come into use keeps what its traffic still leaves by.
 */
export function withBound(addresses: readonly Address[], bound: readonly Address[], pool: Pool): readonly Address[] {
  const fitting = addresses.filter((address) => pool.assignmentOf(address) !== undefined);
  const others = bound.filter((address) => !addresses.includes(address));
  if (others.length === 0) return addresses;
  const matched = matchAssignments(others, missingAssignments(fitting, pool.egressIPAM));
  return [...addresses, ...others.filter((_, position) => matched[position] !== undefined)];
}

/** Of a network's binding without any annotation: what fits the EgressIPAM, one address per CIDR assignment. */
export function adoptable(bound: readonly Address[], pool: Pool): readonly Address[] {
  if (bound.length === 0) return bound;
  const matched = matchAssignments(bound, pool.egressIPAM.assignments);
  return bound.filter((_, position) => matched[position] !== undefined);
}

/**
 * What a namespace gives back once it has all that it should: of another EgressIPAM, or in place of what it wishes for.
 */
function outgoingOf(
  {
    proven,
    wishes,
    standIns,
    hasSwitched,
  }: Readonly<Record<'proven' | 'wishes' | 'standIns', readonly Address[]>> & { readonly hasSwitched: boolean },
  pool: Pool,
): readonly Address[] {
  if (!hasSwitched && wishes.length === 0) return none;
  const candidates = hasSwitched ? [...proven, ...standIns] : standIns;
  const surplus = fittingNone([...proven, ...wishes, ...standIns], pool);
  return candidates.filter((address) => surplus.includes(address));
}

/** What is given back once there is more; in place of a lost record, what is in no CIDR of the EgressIPAM. */
export function replacedOf(hasLost: boolean, found: Parameters<typeof outgoingOf>[0], pool: Pool): readonly Address[] {
  return hasLost
    ? found.standIns.filter((address) => pool.assignmentOf(address) === undefined)
    : outgoingOf(found, pool);
}

/** Whether no record says what a namespace had before it gets what it should have. */
export function lacksRecord(
  found: Readonly<Record<'record' | 'proven', readonly Address[]>> & Pick<Claim, 'from' | 'edited'>,
  { egressIPAM }: Pool,
): boolean {
  if (found.from !== undefined) return false;
  return found.record.length === 0 && (found.edited || missingAssignments(found.proven, egressIPAM).length > 0);
}

/** Addresses that fill no CIDR assignment of an EgressIPAM. */
export function fittingNone(addresses: readonly Address[], pool: Pool): readonly Address[] {
  const matched = matchAssignments(addresses, pool.egressIPAM.assignments);
  return addresses.filter((_, position) => matched[position] === undefined);
}
