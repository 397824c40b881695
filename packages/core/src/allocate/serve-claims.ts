import { formatAddress, type Address } from '../address/address.ts';
import type { FindingCode } from '../finding/codes.ts';
import type { Finding } from '../finding/finding.ts';
import type { ParsedAssignment, ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import { groupOf, placementMode } from '../place/place-kept.ts';
import type { NodeGroup } from '../place/node-group.ts';
import type { Placer } from '../place/placer.ts';
import type { CoolingAddresses } from './cool-down.ts';
import { compareByAge } from './decide-inputs.ts';
import { contains, siblingsOf, type Claim } from './claim.ts';
import { egressIPConflict } from './egress-ip-conflict.ts';
import type { World } from './world.ts';

/** Why a claim cannot be served now. */
interface Obstacle {
  readonly code: FindingCode;
  readonly message: string;
}

/**
 * Serves the claims that lack addresses, oldest first. Nothing is promised that
 * cannot be carried: a claim gets all of its addresses, each with a node that has
 * room for it, or it waits with a reason (law 4).
 */
export function serveClaims(world: World, placer: Placer, cooling: CoolingAddresses): void {
  const hungry = world.claims.filter((claim) => claim.input !== undefined || claim.missing.length > 0).sort(compareByAge);
  for (const claim of hungry) {
    const egressIPAM = world.egressIPAMOf(claim);
    if (egressIPAM === undefined) continue;
    const obstacle = serve(world, placer, cooling, claim, egressIPAM);
    if (obstacle === undefined) continue;
    claim.waiting = world.reportNamespace(claim.namespace, { ...obstacle, severity: 'warning' });
  }
}

function serve(world: World, placer: Placer, cooling: CoolingAddresses, claim: Claim, egressIPAM: ParsedEgressIPAM): Obstacle | undefined {
  const wanted = claim.input === undefined ? claim.missing : egressIPAM.open;
  const obstacle = notReady(world, claim, egressIPAM, wanted);
  if (obstacle !== undefined) return obstacle;
  if (claim.input !== undefined) return serveInput(world, placer, claim, claim.input);
  const returned = returningAddresses(world, cooling, claim, egressIPAM);
  const chosen: Address[] = [];
  for (const assignment of claim.missing) {
    const address = returned.find((candidate) => contains(assignment, candidate) && !chosen.includes(candidate)) ?? lowestFree(world, claim, egressIPAM, assignment);
    if (address === undefined) {
      giveBack(world, chosen, cooling);
      return { code: 'WaitingForAddress', message: `every address of ${assignment.cidr.text} in EgressIPAM ${egressIPAM.name} is in use or reserved; it waits for one, or for a larger CIDR` };
    }
    world.addresses.take(address);
    chosen.push(address);
  }
  const before = claim.addresses;
  claim.addresses = inAssignmentOrder(before, chosen, egressIPAM);
  const unplaced = promise(world, placer, claim, chosen);
  if (unplaced !== undefined) {
    claim.addresses = before;
    siblingsOf(claim, world.addresses);
    giveBack(world, chosen, cooling);
    return unplaced;
  }
  for (const address of chosen) {
    const slot = world.addresses.slotOf(address);
    world.addresses.owner[slot] = claim.namespaceIndex + 1;
  }
  if (before.length === 0) claim.source = chosen.some((address) => returned.includes(address)) ? 'returned' : 'new';
  claim.missing = [];
  return undefined;
}

function serveInput(world: World, placer: Placer, claim: Claim, input: readonly Address[]): Obstacle | undefined {
  const before = claim.addresses;
  const fresh = input.filter((address) => !before.includes(address));
  claim.addresses = input;
  const unplaced = promise(world, placer, claim, fresh);
  if (unplaced !== undefined) {
    claim.addresses = before;
    siblingsOf(claim, world.addresses);
    return unplaced;
  }
  claim.leaving = [...new Set([...claim.leaving, ...before])].filter((address) => !input.includes(address));
  for (const address of claim.leaving) {
    const slot = world.addresses.slotOf(address);
    if (world.addresses.owner[slot] === claim.namespaceIndex + 1) world.addresses.owner[slot] = 0;
  }
  claim.source = 'input';
  claim.edited = false;
  claim.input = undefined;
  return undefined;
}

/** Gives every new address of a claim a node, or says why that is not possible. */
function promise(world: World, placer: Placer, claim: Claim, addresses: readonly Address[]): Obstacle | undefined {
  if (placementMode(world, claim.egressIPAM) === 'by-cidr') return undefined;
  const siblings = siblingsOf(claim, world.addresses);
  const items = addresses.flatMap((address) => {
    const group = groupOf(world, claim.egressIPAM, address);
    return group === undefined ? [] : [placer.item(address, group, siblings)];
  });
  if (items.length === addresses.length && placer.placeAll(items)) return undefined;
  return { code: 'WaitingForCapacity', message: describeShortage(world, claim, addresses) };
}

function describeShortage(world: World, claim: Claim, addresses: readonly Address[]): string {
  const groups = addresses.map((address) => groupOf(world, claim.egressIPAM, address));
  const full = addresses.filter((address, position) => !(groups[position]?.candidates ?? []).some((node) => world.nodes.canHost(node, address) && world.nodes.hasRoom(node, typeof address === 'number' ? 4 : 6)));
  if (full.length > 0) {
    return `no node has room for ${full.map(formatAddress).join(', ')}: all of its nodes carry as many addresses as they can; it waits for room, or for another node`;
  }
  const distinct = new Set(addresses.flatMap((address, position) => (groups[position]?.candidates ?? []).filter((node) => world.nodes.canHost(node, address)))).size;
  return `its ${claim.addresses.length} addresses need as many different nodes, and only ${distinct} can carry them now; it waits for another node`;
}

function notReady(world: World, claim: Claim, egressIPAM: ParsedEgressIPAM, wanted: readonly ParsedAssignment[]): Obstacle | undefined {
  const { source, observation } = world.snapshot;
  const unsynced = source.unsynced ?? [];
  const conflict = egressIPConflict(world, claim);
  if (conflict !== undefined) return conflict;
  if (unsynced.length > 0) return { code: 'WaitingForSync', message: `nothing is allocated before everything is read; still reading ${unsynced.join(', ')}` };
  if (source.provider.observationRequired && observation === undefined) {
    return { code: 'WaitingForProvider', message: `nothing is allocated before provider ${source.provider.name} has told what is in use` };
  }
  for (const assignment of wanted) {
    const group = world.nodes.groups[claim.egressIPAM]?.[egressIPAM.assignments.indexOf(assignment)];
    const obstacle = assignmentNotReady(world, egressIPAM, assignment, group);
    if (obstacle !== undefined) return obstacle;
  }
  return undefined;
}

function assignmentNotReady(world: World, egressIPAM: ParsedEgressIPAM, assignment: ParsedAssignment, group: NodeGroup | undefined): Obstacle | undefined {
  const { source, observation } = world.snapshot;
  const observed = observation?.cidrs.get(assignment.cidr.text);
  if (source.provider.observationRequired && observed === undefined) {
    return { code: 'WaitingForProvider', message: `provider ${source.provider.name} has not told yet what is in use in ${assignment.cidr.text}` };
  }
  if (observed?.error !== undefined) {
    return { code: 'WaitingForProvider', message: `provider ${source.provider.name} cannot tell what is in use in ${assignment.cidr.text}: ${observed.error.message}` };
  }
  const where = `${egressIPAM.source.topologyLabel}=${assignment.labelValue}`;
  if (group === undefined || group.candidates.length === 0) {
    return { code: 'WaitingForNodes', message: `no node for ${assignment.cidr.text} is ready: EgressIPAM ${egressIPAM.name} looks for ${where}; it waits for such a node` };
  }
  if (group.hostable.length === 0) {
    return { code: 'WaitingForNodes', message: `no node with ${where} has a subnet that meets ${assignment.cidr.text}; correct the CIDR or the label` };
  }
  return undefined;
}

function lowestFree(world: World, claim: Claim, egressIPAM: ParsedEgressIPAM, assignment: ParsedAssignment): Address | undefined {
  const group = world.nodes.groups[claim.egressIPAM]?.[egressIPAM.assignments.indexOf(assignment)];
  let free: Address | undefined;
  for (const range of group?.hostable ?? []) {
    const address = world.addresses.nextFree(range.first, range.last);
    if (address === undefined) continue;
    free ??= address;
    if (group?.uniform !== false) return address;
    if (group.candidates.some((node) => world.nodes.canHost(node, address) && world.nodes.hasRoom(node, assignment.cidr.family))) return address;
  }
  return free;
}

/** What a namespace of this name had a short while ago, as far as it is still free. */
function returningAddresses(world: World, cooling: CoolingAddresses, claim: Claim, egressIPAM: ParsedEgressIPAM): readonly Address[] {
  const had = cooling.returnable.get(`${egressIPAM.name}/${claim.namespace.name}`) ?? [];
  return had.filter((address) => cooling.waitsFor.get(address) === claim.namespace.name || !world.addresses.isTaken(address));
}

/** Addresses that still cool down for a namespace stay taken. */
function giveBack(world: World, addresses: readonly Address[], cooling: CoolingAddresses): void {
  for (const address of addresses) {
    if (!cooling.waitsFor.has(address)) world.addresses.release(address);
  }
}

/** What a claim keeps and what it gets, in the order of the CIDR assignments; what lies in none stays in front. */
function inAssignmentOrder(kept: readonly Address[], chosen: readonly Address[], egressIPAM: ParsedEgressIPAM): readonly Address[] {
  if (kept.length === 0) return chosen;
  const position = (address: Address): number => egressIPAM.assignments.findIndex((assignment) => contains(assignment, address));
  return [...kept, ...chosen].sort((a, b) => position(a) - position(b));
}

/** Reports, once per EgressIPAM and reason, that claims wait. */
export function reportShortages(world: World): readonly Finding[] {
  const counts = new Map<string, { readonly egressIPAM: string; readonly code: FindingCode; count: number }>();
  for (const claim of world.claims) {
    const code = claim.waiting?.code === 'WaitingForAddress' ? 'AddressesExhausted' : claim.waiting?.code === 'WaitingForCapacity' ? 'CapacityExhausted' : undefined;
    const egressIPAM = world.egressIPAMOf(claim)?.name;
    if (code === undefined || egressIPAM === undefined) continue;
    const key = `${egressIPAM}/${code}`;
    const entry = counts.get(key);
    if (entry === undefined) counts.set(key, { egressIPAM, code, count: 1 });
    else entry.count += 1;
  }
  return [...counts.values()].map(({ egressIPAM, code, count }) => ({
    code,
    severity: 'error' as const,
    object: { kind: 'EgressIPAM' as const, name: egressIPAM },
    message:
      code === 'AddressesExhausted'
        ? `${count} namespaces wait for an address; add or enlarge a CIDR, or release addresses`
        : `${count} namespaces wait for a node with room; add nodes or use larger ones`,
  }));
}
