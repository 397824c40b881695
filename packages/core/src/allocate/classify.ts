import { formatAddress, type Address } from '../address/address.ts';
import type { Finding } from '../finding/finding.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import { Attention } from '../parse/namespace-list.ts';
import { sameInOrder, type ParsedNamespace } from '../parse/parse-namespace.ts';
import { compareNames } from '../parse/memo.ts';
import { AddressFlag } from './address-table.ts';
import { contains, fitsInOrder, missingAssignments, type Claim } from './claim.ts';
import { Settler } from './settle.ts';
import type { World } from './world.ts';

const none: readonly never[] = [];

/**
 * Looks at every namespace: what it has and keeps (law 2), what its owner asks for
 * anew, and what it has to give back. The many that have just what they should are
 * only noted; the others become claims.
 */
export function classify(world: World): void {
  const { namespaces } = world.snapshot;
  const settler = new Settler(world);
  for (let index = 0; index < namespaces.length; index += 1) {
    const attention = namespaces.attention[index];
    if (attention === Attention.agreed && settler.settle(index)) continue;
    if (attention === Attention.none && world.egressIPOf[index] === undefined) continue;
    const namespace = namespaces.at(index);
    const claim = namespace === undefined ? undefined : classifyNamespace(world, namespace, index);
    if (claim !== undefined) own(world, world.addClaim(claim));
  }
}

/** Makes a claim of a namespace that was only noted, because something about it has to change. */
export function unsettle(world: World, index: number): Claim | undefined {
  const known = world.claimOf(index);
  const namespace = world.snapshot.namespaces.at(index);
  if (known !== undefined || namespace === undefined) return known;
  return world.addClaim(makeClaim(namespace, index, world.settledIn[index] ?? -1, namespace.listed));
}

function classifyNamespace(world: World, namespace: ParsedNamespace, index: number): Claim | undefined {
  if (namespace.egressIPAM === undefined) return optedOut(world, namespace, index);
  const position = world.egressIPAMIndex(namespace.egressIPAM);
  const egressIPAM = world.snapshot.egressIPAMs[position];
  if (egressIPAM === undefined) {
    const claim = makeClaim(namespace, index, -1, heldWithoutPool(world, namespace, index));
    claim.waiting = world.reportNamespace(namespace, {
      code: 'EgressIPAMNotFound',
      severity: 'error',
      message: `there is no EgressIPAM "${namespace.egressIPAM}"; create it or correct the namespace's annotation. What the namespace has, it keeps`,
    });
    return claim;
  }
  if (egressIPAM.deleting) return releasing(world, namespace, index, position, 'all');
  if (hasSwitched(world, namespace, index, egressIPAM)) {
    return releasing(world, namespace, index, position, sameAddresses(namespace.listed, namespace.allocated?.addresses ?? namespace.listed) ? 'all' : 'record');
  }
  return isSettled(world, namespace, index, egressIPAM)
    ? makeClaim(namespace, index, position, namespace.listed)
    : claimAnew(world, namespace, index, position, egressIPAM);
}

/** The usual case, decided without looking up anything: one address per CIDR assignment, on record or carrying traffic. */
function isSettled(world: World, namespace: ParsedNamespace, index: number, egressIPAM: ParsedEgressIPAM): boolean {
  const { listed, allocated } = namespace;
  if (listed.length === 0 || namespace.invalid.length > 0 || !fitsInOrder(listed, egressIPAM.assignments)) return false;
  const known = allocated === undefined ? world.boundTo(index) : allocated.addresses;
  return (known === listed || sameInOrder(known, listed)) && refusedBy(world, namespace, index).length === 0;
}

function claimAnew(world: World, namespace: ParsedNamespace, index: number, position: number, egressIPAM: ParsedEgressIPAM): Claim {
  const held = established(world, namespace, index);
  const record = namespace.allocated?.addresses ?? none;
  const asked = namespace.listed.length > 0 || namespace.invalid.length > 0;
  const edited = asked && isEdited(namespace, record, held);
  const before = record.length > 0 ? record : adoptable(world.boundTo(index), egressIPAM);
  const refused = refusedBy(world, namespace, index);
  const kept = withUnconfirmed(asked && !edited ? namespace.listed : before, namespace, egressIPAM).filter((address) => !refused.includes(address));
  const claim = makeClaim(namespace, index, position, kept);
  claim.leaving = [...new Set([...record, ...namespace.unconfirmed])].filter((address) => !kept.includes(address));
  claim.edited = edited;
  if (namespace.source.deletedAt === undefined) {
    if (edited) claim.input = namespace.listed;
    else claim.missing = missingAssignments(kept, egressIPAM);
    if (!edited && kept.length === 0 && egressIPAM.open.length === 0) claim.waiting = waitForPool(world, namespace, egressIPAM);
  }
  if (!egressIPAM.selectsNamespace(namespace.source.labels ?? {})) forbid(world, claim, egressIPAM);
  return claim;
}

function waitForPool(world: World, namespace: ParsedNamespace, egressIPAM: ParsedEgressIPAM): Finding {
  const why = egressIPAM.assignments.length === 0 ? 'it has no CIDR that is understood' : 'all of its CIDRs drain';
  return world.reportNamespace(namespace, { code: 'WaitingForAddress', severity: 'warning', message: `EgressIPAM ${egressIPAM.name} gives out nothing, as ${why}; it waits for one that does` });
}

/** Whether the annotation asks for something else than what the namespace has. */
function isEdited(namespace: ParsedNamespace, record: readonly Address[], held: ReadonlySet<Address>): boolean {
  if (namespace.invalid.length > 0) return true;
  return record.length > 0 ? !sameAddresses(record, namespace.listed) : namespace.listed.some((address) => !held.has(address));
}

/** What a write in flight may have added counts as had, so that it is written again and nothing else. */
function withUnconfirmed(addresses: readonly Address[], namespace: ParsedNamespace, egressIPAM: ParsedEgressIPAM): readonly Address[] {
  if (namespace.unconfirmed.length === 0) return addresses;
  const result = [...addresses];
  for (const address of namespace.unconfirmed) {
    if (!result.includes(address) && missingAssignments(result, egressIPAM).some((assignment) => contains(assignment, address))) result.push(address);
  }
  return result;
}

function forbid(world: World, claim: Claim, egressIPAM: ParsedEgressIPAM): void {
  claim.missing = [];
  claim.input = undefined;
  claim.waiting = world.reportNamespace(claim.namespace, {
    code: 'NamespaceNotAllowed',
    severity: 'error',
    message: `the namespaceSelector of EgressIPAM ${egressIPAM.name} does not select this namespace; add the labels it asks for, or choose another EgressIPAM`,
  });
}

/** Of a network's binding without any annotation: what fits the EgressIPAM, one address per CIDR assignment. */
function adoptable(bound: readonly Address[], egressIPAM: ParsedEgressIPAM): readonly Address[] {
  const filled = new Set<number>();
  return bound.filter((address) => {
    const assignment = egressIPAM.assignments.find((candidate) => contains(candidate, address) && !filled.has(candidate.index));
    if (assignment !== undefined) filled.add(assignment.index);
    return assignment !== undefined;
  });
}

/** Addresses of a namespace that somebody else turned out to have before they ever carried its traffic. */
function refusedBy(world: World, namespace: ParsedNamespace, index: number): readonly Address[] {
  if (world.refusedAddresses.size === 0) return none;
  const bound = world.boundTo(index);
  return namespace.listed.filter((address) => world.refusedAddresses.has(address) && (isAssignable(world) || !bound.includes(address)));
}

/** On OVN-Kubernetes an address is bound before the network puts it on a node, so that being bound is no promise yet. */
function isAssignable(world: World): boolean {
  return world.snapshot.source.network.kind === 'ovn-kubernetes';
}

/** Everything a namespace is known to have: on record, bound, hosted under its name, or being written. */
function established(world: World, namespace: ParsedNamespace, index: number): Set<Address> {
  const held = new Set<Address>([...(namespace.allocated?.addresses ?? []), ...namespace.unconfirmed, ...world.boundTo(index)]);
  for (const address of namespace.listed) if (isHostedFor(world, namespace, address)) held.add(address);
  return held;
}

/** What a namespace keeps whose EgressIPAM is not there, whatever its annotation says now: nothing is taken from it. */
function heldWithoutPool(world: World, namespace: ParsedNamespace, index: number): readonly Address[] {
  const held = established(world, namespace, index);
  return [...new Set([...namespace.listed.filter((address) => held.has(address)), ...held])];
}

/** A namespace that claims no more, or never did. What it has of ours goes; what its owner wrote beforehand stays. */
function optedOut(world: World, namespace: ParsedNamespace, index: number): Claim | undefined {
  const bound = world.boundTo(index);
  if (namespace.allocated !== undefined || namespace.listed.some((address) => bound.includes(address) || isHostedFor(world, namespace, address))) {
    return releasing(world, namespace, index, -1, 'all');
  }
  if (namespace.unconfirmed.length > 0 || world.egressIPOf[index] !== undefined || bound.some((address) => isHostedFor(world, namespace, address))) {
    return releasing(world, namespace, index, -1, 'record');
  }
  if (namespace.listed.length === 0) return undefined;
  world.reportNamespace(
    namespace,
    { code: 'IgnoredEgressIPs', severity: 'info', message: 'egress IPs are annotated but the namespace names no EgressIPAM; annotate it to have them allocated' },
    namespace.listed,
  );
  return undefined;
}

/** Whether our record on a HostSubnet has an address as this namespace's. */
function isHostedFor(world: World, namespace: ParsedNamespace, address: Address): boolean {
  const isRecorded = ((world.addresses.flags[world.addresses.slotOf(address)] ?? 0) & AddressFlag.recorded) !== 0;
  return isRecorded && world.recordedNamespaceOf(address) === namespace.name;
}

function releasing(world: World, namespace: ParsedNamespace, index: number, position: number, release: 'all' | 'record'): Claim | undefined {
  const held = established(world, namespace, index);
  const recorded = world.boundTo(index).filter((address) => ((world.addresses.flags[world.addresses.slotOf(address)] ?? 0) & AddressFlag.recorded) !== 0);
  const ours = new Set([...namespace.listed, ...(namespace.allocated?.addresses ?? []), ...namespace.unconfirmed, ...recorded]);
  const egressIP = world.egressIPOf[index];
  const leaving = [...held].filter((address) => ours.has(address) || egressIP?.egressIPs.includes(address) === true);
  if (leaving.length === 0 && namespace.allocated === undefined && egressIP === undefined) return undefined;
  const claim = makeClaim(namespace, index, position, []);
  claim.leaving = leaving;
  claim.release = release;
  return claim;
}

/** Whether what a namespace has came from another EgressIPAM than the one it names now. */
function hasSwitched(world: World, namespace: ParsedNamespace, index: number, egressIPAM: ParsedEgressIPAM): boolean {
  if (namespace.allocated !== undefined) return namespace.allocated.egressIPAM !== egressIPAM.name;
  const { listed } = namespace;
  if (listed.length === 0 || listed.some((address) => egressIPAM.assignments.some((assignment) => contains(assignment, address)))) return false;
  const held = established(world, namespace, index);
  const others = world.snapshot.egressIPAMs.filter((other) => other !== egressIPAM);
  return listed.every((address) => held.has(address) && others.some((other) => other.assignments.some((assignment) => contains(assignment, address))));
}

function makeClaim(namespace: ParsedNamespace, namespaceIndex: number, egressIPAM: number, addresses: readonly Address[]): Claim {
  return {
    namespace,
    namespaceIndex,
    egressIPAM,
    addresses,
    siblings: { slots: none },
    leaving: none,
    source: 'kept',
    input: undefined,
    edited: false,
    missing: none,
    waiting: undefined,
    release: undefined,
  };
}

/** Marks a claim's addresses as its own; of two claims for one address, the one that carries traffic wins, then the older one. */
function own(world: World, claim: Claim): void {
  const table = world.addresses;
  for (const address of claim.addresses) {
    const slot = table.slotOf(address);
    const other = unsettle(world, (table.owner[slot] ?? 0) - 1);
    if (other !== undefined) {
      const loser = outranks(world, claim, other, address) ? other : claim;
      lose(world, loser, loser === other ? claim : other, address);
      if (loser === claim) continue;
    } else if (!table.take(address) && !isEcho(world, slot, address)) {
      world.contested.push({ claim, address });
    }
    table.owner[slot] = claim.namespaceIndex + 1;
  }
}

/** On OVN-Kubernetes an address may for a moment stand in the `host-cidrs` of the very node that carries it (their issue 5966). */
function isEcho(world: World, slot: number, address: Address): boolean {
  return isAssignable(world) && world.nodes.nodes[(world.addresses.hostedOn[slot] ?? 0) - 1]?.addresses.includes(address) === true;
}

function outranks(world: World, claim: Claim, other: Claim, address: Address): boolean {
  const bound = world.boundTo(claim.namespaceIndex).includes(address);
  const otherBound = world.boundTo(other.namespaceIndex).includes(address);
  if (bound !== otherBound) return bound;
  const { namespace } = claim;
  return (namespace.createdAt - other.namespace.createdAt || compareNames(namespace.name, other.namespace.name)) < 0;
}

function lose(world: World, loser: Claim, winner: Claim, address: Address): void {
  loser.addresses = loser.addresses.filter((candidate) => candidate !== address);
  loser.missing = none;
  loser.waiting = world.reportNamespace(
    loser.namespace,
    {
      code: 'DuplicateAddress',
      severity: 'error',
      message: `${formatAddress(address)} belongs to namespace ${winner.namespace.name}; put another address into the annotation, or remove the annotation to get a free one`,
    },
    [address],
  );
}

/** Whether two lists have the same addresses, in any order. */
export function sameAddresses(a: readonly Address[], b: readonly Address[]): boolean {
  return sameInOrder(a, b) || (a.length === b.length && a.every((address) => b.includes(address)));
}

/** Marks what claims give back, so that it is taken off nodes and interfaces though no record there names it. */
export function markReleasing(world: World): void {
  const { addresses } = world;
  for (const claim of world.claims) {
    for (const address of claim.leaving) {
      const slot = addresses.slotOf(address);
      if (addresses.owner[slot] !== 0) continue;
      addresses.flags[slot] = (addresses.flags[slot] ?? 0) | AddressFlag.releasing;
      addresses.take(address);
    }
  }
}
