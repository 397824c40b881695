import { formatAddress, type Address } from '../address/address.ts';
import type { Claim } from '../claims/claim.ts';
import { assignmentOf, matchAssignments } from '../claims/match-assignments.ts';
import { namespaceFinding } from '../claims/namespace-finding.ts';
import type { FindingCode } from '../finding/codes.ts';
import type { Finding } from '../finding/finding.ts';
import { quoted } from '../finding/quoted.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { AddressUsers } from '../ledger/address-users.ts';
import type { ClaimIndex } from '../ledger/indexes.ts';
import { isHostable } from '../place/node-group.ts';
import type { Pool } from '../place/pool.ts';
import type { CoolingAddresses } from './cool-down.ts';
import { asksForTooMany, wishesOf } from './turns.ts';

const none: readonly never[] = [];

/** What a wish is checked against. */
export interface WishChecks {
  readonly claims: readonly Claim[];
  /** Those that lack addresses, in the order in which they are checked. */
  readonly asking: readonly Claim[];
  readonly ledger: AddressLedger;
  readonly users: AddressUsers;
  readonly cooling: CoolingAddresses;
}

/**
 * Checks what is on record without proof, and what owners ask for, one after the other: each address inside an open
 * CIDR assignment of its own, not reserved, not used, and on a subnet of some node. What passes is reserved for its
 * claim; what fails is reported on its namespace, which keeps what it has.
 *
 * @returns why claims were refused, one finding per cause
 */
export function checkWishes(checks: WishChecks): ReadonlyMap<ClaimIndex, readonly Finding[]> {
  const { asking, ledger } = checks;
  const refused = new Map<ClaimIndex, readonly Finding[]>();
  for (const claim of asking) {
    const wishes = wishesOf(claim);
    if (claim.pool === undefined || (wishes.length === 0 && !isInput(claim))) continue;
    const problems = problemsWith(checks, claim, claim.pool, wishes);
    if (problems.length > 0) refused.set(claim.index, problems);
    else {
      for (const address of wishes) {
        ledger.take(address);
        ledger.owner.set(ledger.slotOf(address), claim.index);
      }
    }
  }
  return refused;
}

function isInput({ intent }: Claim): boolean {
  return intent.kind === 'input';
}

/** The problems with wishes, gathered by cause. */
function problemsWith(checks: WishChecks, claim: Claim, pool: Pool, wishes: readonly Address[]): readonly Finding[] {
  const causes = new Map<FindingCode, { readonly message: string; readonly addresses: Address[]; count: number }>();
  const reject = (code: FindingCode, message: string, address?: Address): void => {
    const cause = causes.get(code);
    const addresses = address === undefined ? [] : [address];
    if (cause === undefined) causes.set(code, { message, addresses, count: 1 });
    else {
      cause.count += 1;
      if (cause.addresses.length < 10) cause.addresses.push(...addresses);
    }
  };
  for (const text of isInput(claim) ? claim.namespace.invalid : []) {
    reject(
      'InvalidAddress',
      `${quoted(text.trim())} in the egressips annotation is not an address, or stands there twice; correct it`,
    );
  }
  // Of lists that are too long, which may have hundreds of addresses, the length is what is wrong.
  for (const address of asksForTooMany(claim) ? none : wishes) {
    const isOwn = checks.ledger.owner.is(checks.ledger.slotOf(address), claim.index);
    const problem = isOwn ? undefined : problemWith(checks, claim, pool, address);
    if (problem !== undefined) reject(problem.code, problem.message, address);
  }
  if (causes.size === 0) {
    const wrong = isInput(claim) ? wrongCount(pool, wishes) : tooMany(claim, pool, wishes);
    if (wrong !== undefined) reject('WrongAddressCount', wrong);
  }
  return [...causes].map(([code, { message, addresses, count }]) => {
    const others = count === 1 ? '' : ` (and ${count - 1} more with the same problem)`;
    return namespaceFinding(
      claim.namespace.name,
      { code, severity: 'error', message: `${message}${others}` },
      addresses,
    );
  });
}

function wrongCount({ egressIPAM: { open, assignments } }: Pool, input: readonly Address[]): string | undefined {
  const matched = input.length > assignments.length ? [undefined] : matchAssignments(input, assignments);
  const filled = new Set(matched);
  if (!filled.has(undefined) && open.every((assignment) => filled.has(assignment))) return undefined;
  const cidrs = open.map(({ cidr }) => cidr.text).join(', ');
  return `the egressips annotation must name exactly one address in each of ${cidrs} (${open.length} in all), it names ${input.length}; correct it or remove it`;
}

/** A record is no way to more than is given: beside what stays, one address for each CIDR assignment. */
function tooMany({ kept, intent }: Claim, { egressIPAM }: Pool, wishes: readonly Address[]): string | undefined {
  const staying = intent.kind === 'fill' ? kept.filter((address) => !intent.outgoing.includes(address)) : kept;
  const isTooLong = wishes.length > egressIPAM.assignments.length;
  const matched = isTooLong
    ? [undefined]
    : matchAssignments([...staying, ...wishes], egressIPAM.assignments).slice(staying.length);
  if (!matched.includes(undefined)) return undefined;
  return `the allocated annotation names more addresses than one for each CIDR of EgressIPAM ${egressIPAM.name}, and nothing proves that they are the namespace's; remove the annotation`;
}

function problemWith(
  { claims, ledger, users, cooling }: WishChecks,
  { namespace }: Claim,
  pool: Pool,
  address: Address,
): { readonly code: FindingCode; readonly message: string } | undefined {
  const text = formatAddress(address);
  const assignment = assignmentOf(pool.egressIPAM, address);
  if (assignment === undefined) {
    const message = `${text} is in none of the CIDRs of EgressIPAM ${pool.name}; ask for an address inside them`;
    return { code: 'AddressOutsideCIDR', message };
  }
  const reservation = users.reservation(assignment, address);
  if (reservation !== undefined) {
    return { code: 'AddressReserved', message: `${text} cannot be given out: ${reservation}; ask for another one` };
  }
  if (assignment.drain) {
    const message = `${text} is in ${assignment.cidr.text}, which drains and gives out nothing new; ask for an address in another CIDR`;
    return { code: 'AddressOutsideCIDR', message };
  }
  const owner = ledger.owner.at(ledger.slotOf(address));
  if (owner !== undefined) {
    const message = `${text} belongs to namespace ${claims[owner]?.namespace.name ?? ''}; ask for another address, or remove the annotation to get a free one`;
    return { code: 'DuplicateAddress', message };
  }
  if (ledger.isTaken(address) && cooling.waitsFor(address) !== namespace.name) {
    const user = users.of(address) ?? 'someone else, or cools down after its last use';
    return { code: 'AddressInUse', message: `${text} is in use by ${user}; ask for another address` };
  }
  const group = pool.groupOf(address);
  // Where no node can carry anything of a CIDR, or one that is away could, it is not for the owner to mend.
  if (
    group !== undefined &&
    group.hostable.length > 0 &&
    !isHostable(group, address) &&
    !group.selection.couldHost(address)
  ) {
    const message = `no node of ${assignment.cidr.text} has a subnet with ${text}; ask for an address that a node can carry`;
    return { code: 'AddressNotHostable', message };
  }
  return undefined;
}
