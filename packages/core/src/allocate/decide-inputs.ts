import { formatAddress, type Address } from '../address/address.ts';
import type { FindingCode } from '../finding/codes.ts';
import type { Finding } from '../finding/finding.ts';
import { compareNames } from '../parse/memo.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import { assignmentOf, matchAssignments, type Claim } from './claim.ts';
import type { World } from './world.ts';

/** Orders claims by the age of their namespaces, ties by name. */
export function compareByAge(a: Claim, b: Claim): number {
  return a.namespace.createdAt - b.namespace.createdAt || compareNames(a.namespace.name, b.namespace.name);
}

/**
 * Checks what owners ask for, oldest first: exactly one address per open CIDR
 * assignment, each inside it, in any order, not reserved and not used. What passes
 * is reserved for the claim; what fails is reported on its namespace, which keeps
 * what it has.
 */
export function decideInputs(world: World): void {
  const asking = world.claims.filter((claim) => claim.input !== undefined).sort(compareByAge);
  for (const claim of asking) {
    const egressIPAM = world.egressIPAMOf(claim);
    if (egressIPAM === undefined || claim.input === undefined) continue;
    const problems = checkInput(world, claim, egressIPAM, claim.input);
    const [first] = problems;
    if (first !== undefined) {
      claim.waiting = first;
      claim.input = undefined;
      continue;
    }
    for (const address of claim.input) {
      world.addresses.take(address);
      const slot = world.addresses.slotOf(address);
      world.addresses.owner[slot] = claim.namespaceIndex + 1;
    }
  }
}

function checkInput(world: World, claim: Claim, egressIPAM: ParsedEgressIPAM, input: readonly Address[]): readonly Finding[] {
  const problems: Finding[] = [];
  const reject = (code: FindingCode, message: string, address?: Address): void => {
    problems.push(world.reportNamespace(claim.namespace, { code, severity: 'error', message }, address === undefined ? [] : [address]));
  };
  for (const text of claim.namespace.invalid) {
    reject('InvalidAddress', `"${text.trim().slice(0, 100)}" in the egressips annotation is not an address, or stands there twice; correct it`);
  }
  for (const address of input) {
    if (isOwn(world, claim, address)) continue;
    const problem = problemWith(world, egressIPAM, address);
    if (problem !== undefined) reject(problem.code, problem.message, address);
  }
  if (problems.length > 0) return problems;
  const wanted = egressIPAM.open.length;
  const matched = matchAssignments(input, egressIPAM.assignments);
  const filled = new Set(matched.filter((assignment) => assignment !== undefined));
  if (matched.includes(undefined) || egressIPAM.open.some((assignment) => !filled.has(assignment))) {
    const cidrs = egressIPAM.open.map((assignment) => assignment.cidr.text).join(', ');
    reject('WrongAddressCount', `the egressips annotation must name exactly one address in each of ${cidrs} (${wanted} in all), it names ${input.length}; correct it or remove it`);
  }
  return problems;
}

function isOwn(world: World, claim: Claim, address: Address): boolean {
  return world.addresses.owner[world.addresses.slotOf(address)] === claim.namespaceIndex + 1;
}

function problemWith(world: World, egressIPAM: ParsedEgressIPAM, address: Address): { code: FindingCode; message: string } | undefined {
  const text = formatAddress(address);
  const assignment = assignmentOf(egressIPAM, address);
  if (assignment === undefined) {
    return { code: 'AddressOutsideCIDR', message: `${text} is in none of the CIDRs of EgressIPAM ${egressIPAM.name}; ask for an address inside them` };
  }
  const reservation = world.users.reservation(assignment, address);
  if (reservation !== undefined) return { code: 'AddressReserved', message: `${text} cannot be given out: ${reservation}; ask for another one` };
  if (assignment.drain) return { code: 'AddressOutsideCIDR', message: `${text} is in ${assignment.cidr.text}, which drains and gives out nothing new; ask for an address in another CIDR` };
  const owner = world.ownerName(address);
  if (owner !== undefined) {
    return { code: 'DuplicateAddress', message: `${text} belongs to namespace ${owner}; ask for another address, or remove the annotation to get a free one` };
  }
  if (!world.addresses.isTaken(address)) return undefined;
  const user = world.users.of(address) ?? 'someone else, or cools down after its last use';
  return { code: 'AddressInUse', message: `${text} is in use by ${user}; ask for another address` };
}
