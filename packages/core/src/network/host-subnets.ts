import { compareAddresses, formatAddress, type Address } from '../address/address.ts';
import { AddressFlag } from '../allocate/address-table.ts';
import { cidrContains, parseCidr, type Cidr } from '../address/cidr.ts';
import { assignmentOf, type Claim } from '../allocate/claim.ts';
import type { World } from '../allocate/world.ts';
import type { ParsedHostSubnet } from '../parse/parse-network-objects.ts';
import { groupOf, placementMode } from '../place/place-kept.ts';
import { annotateId, isAnnotated } from './annotations.ts';
import { cidrsOf, ownCidrs, wantedCidrs, type HostedCidrs } from './hosted-cidrs.ts';
import { staysBeside } from './kept-cidrs.ts';
import type { StepList } from './step-list.ts';
import type { HostStep } from '../plan/step.ts';

/** What has to happen before addresses leave. Steps are named by id. */
export interface LeavingOrder {
  /** The step that unbinds an address from its namespace, if it is bound. */
  readonly unbindingOf: (address: Address) => string | undefined;
  /** The steps before an address may leave its HostSubnet. */
  readonly beforeUnhosting: (address: Address) => readonly string[];
  /** The steps that unbind addresses of a CIDR. */
  readonly unbindingIn: (cidr: Cidr) => readonly string[];
}

/** What the host steps mean for the steps around them. */
export interface HostPlan {
  /** What has to be observed before an address may be bound: hosted, and where needed attached. */
  afterHosting(claim: Claim, address: Address): readonly string[];
  /** The steps that take an address off HostSubnets. */
  removalOf(address: Address): readonly string[];
  /** Sets what attaching adds to `afterHosting`. */
  attachWith(step: (address: Address) => string | undefined): void;
  /** The step that hosts an address on the node it is placed on; undefined when it is hosted there. */
  hostingOf(address: Address): string | undefined;
}

interface Addition {
  readonly claim: Claim;
  readonly address: Address;
}

/** One HostSubnet, from what it is to what it should be. */
interface HostChange {
  readonly node: number;
  readonly hostSubnet: ParsedHostSubnet;
  readonly additions: Addition[];
  /** Hosted here, and leaving for another node: at once, as it must be off here before it is on there. */
  readonly moving: Address[];
  /** Hosted here, and going: when nothing uses it any more. */
  readonly leaving: Address[];
  /** Hosted here, ours, and staying. */
  readonly staying: Address[];
  /** Placed here by the SDN for a CIDR that leaves: when the node's last CIDR is gone nobody else would take them off. What carries the traffic of others stays. */
  readonly withCidr: Address[];
  /** Hosted here no more, and still on the node's interface: on record until they are off it, or nobody knew whose they are. */
  readonly attached: Address[];
}

/** Adds the writes of HostSubnets: at most one that may start now and one that waits, per node. */
export function addHostSteps(world: World, steps: StepList, leaving: LeavingOrder): HostPlan {
  const additions = additionsByNode(world);
  const hosting = new Map<Address, string>();
  const removal = new Map<Address, string[]>();
  world.nodes.hostSubnetOf.forEach((hostSubnet, node) => {
    if (hostSubnet === undefined) return;
    if (!additions.has(node) && world.isUndisturbed(node) && wantedCidrs(world, node).length === 0) return;
    const change = changeOf(world, hostSubnet, node, additions.get(node) ?? []);
    if (isSettled(world, change)) return;
    for (const { write, target, delta } of hostStepsOf(world, steps, change, leaving)) {
      for (const address of delta.added) if (!hosting.has(address)) hosting.set(address, write.id);
      for (const address of delta.removed) removal.set(address, [...(removal.get(address) ?? []), write.id]);
      steps.add(write, endingEgressIPAMs(world, change, write, target));
    }
  });
  let attachStep: (address: Address) => string | undefined = () => undefined;
  return {
    afterHosting: (claim, address) => {
      const after: string[] = [];
      const byCidr = placementMode(world, claim.egressIPAM) === 'by-cidr';
      if (byCidr && !isAnnotated(claim, address)) after.push(annotateId(claim.namespace.name));
      const host = byCidr ? cidrHosting(world, steps, claim, address) : hosting.get(address);
      if (host !== undefined) after.push(host);
      const attach = attachStep(address);
      if (attach !== undefined) after.push(attach);
      return after;
    },
    removalOf: (address) => removal.get(address) ?? [],
    attachWith: (step) => {
      attachStep = step;
    },
    hostingOf: (address) => hosting.get(address),
  };
}

/** The usual case, decided without writing anything down: nothing comes, nothing goes, and the record says so. */
function isSettled(world: World, change: HostChange): boolean {
  const { hostSubnet } = change;
  if (change.additions.length > 0 || change.moving.length > 0 || change.leaving.length > 0) return false;
  if (hostSubnet.egressCIDRs.length > 0 || hostSubnet.recordedCIDRs.length > 0 || wantedCidrs(world, change.node).length > 0) return false;
  return sameAddressesInOrder(change.staying, hostSubnet.recorded);
}

function additionsByNode(world: World): ReadonlyMap<number, Addition[]> {
  const additions = new Map<number, Addition[]>();
  for (const claim of world.claims) {
    if (claim.egressIPAM === -1 || placementMode(world, claim.egressIPAM) !== 'explicit') continue;
    for (const address of claim.addresses) {
      const slot = world.addresses.slotOf(address);
      const node = (world.addresses.placedOn[slot] ?? 0) - 1;
      if (node === -1 || (world.addresses.hostedOn[slot] === node + 1 && isShown(world, node, address))) continue;
      const list = additions.get(node);
      if (list === undefined) additions.set(node, [{ claim, address }]);
      else list.push({ claim, address });
    }
  }
  return additions;
}

/** Whether a HostSubnet is known to host an address, and not only perhaps. */
function isShown(world: World, node: number, address: Address): boolean {
  const hostSubnet = world.nodes.hostSubnetOf[node];
  return hostSubnet !== undefined && (hostSubnet.unconfirmed.length === 0 || hostSubnet.egressIPs.includes(address));
}

function changeOf(world: World, hostSubnet: ParsedHostSubnet, node: number, additions: Addition[]): HostChange {
  const change: HostChange = { node, hostSubnet, additions, moving: [], leaving: [], staying: [], withCidr: [], attached: [] };
  if (hostSubnet.egressCIDRs.length > 0 && additions.length === 0 && wantedCidrs(world, node).length > 0) return change;
  const placing = ownCidrs(world, hostSubnet, node).flatMap((text) => parseCidr(text)?.cidr ?? []);
  const isPlacedByCidr = (address: Address): boolean => placing.some((cidr) => cidrContains(cidr, address));
  for (const address of hostSubnet.egressIPs) {
    const slot = world.addresses.slotOf(address);
    const { owner, flags } = world.addresses;
    const namespace = (owner[slot] ?? 0) - 1;
    const claim = world.claimOf(namespace);
    if ((world.settledIn[namespace] ?? -1) !== -1) change.staying.push(address);
    else if (claim !== undefined) listOfOwned(world, change, claim, address, isPlacedByCidr(address))?.push(address);
    else if (((flags[slot] ?? 0) & (AddressFlag.recorded | AddressFlag.releasing)) !== 0) change.leaving.push(address);
    else if (isPlacedByCidr(address) && ((flags[slot] ?? 0) & AddressFlag.boundByOthers) === 0) change.withCidr.push(address);
  }
  addDoubted(world, change, isPlacedByCidr);
  change.attached.push(...stillAttached(world, change));
  return change;
}

/** What a write of unknown outcome may have put here, and what belongs elsewhere now: only another write makes sure that it is not here. */
function addDoubted(world: World, change: HostChange, isPlacedByCidr: (address: Address) => boolean): void {
  const { egressIPs, unconfirmed } = change.hostSubnet;
  for (const address of unconfirmed) {
    if (egressIPs.includes(address)) continue;
    const owner = world.ownerOf(address);
    const claim = world.claimOf(owner);
    const list = claim !== undefined ? listOfOwned(world, change, claim, address, isPlacedByCidr(address)) : owner === -1 ? change.leaving : change.moving;
    if (list === change.leaving || list === change.moving) list.push(address);
  }
}

/** Where a claim's address that is hosted here belongs; undefined where it is the SDN's business. */
function listOfOwned(world: World, change: HostChange, claim: Claim, address: Address, isPlacedByCidr: boolean): Address[] | undefined {
  if (claim.egressIPAM === -1) return change.staying;
  if (placementMode(world, claim.egressIPAM) === 'by-cidr') return isPlacedByCidr ? change.withCidr : staysBeside(world, claim, address) ? change.staying : undefined;
  const placed = (world.addresses.placedOn[world.addresses.slotOf(address)] ?? 0) - 1;
  return placed === change.node ? change.staying : placed === -1 ? change.leaving : change.moving;
}

function stillAttached(world: World, { node, hostSubnet, moving, leaving }: HostChange): readonly Address[] {
  if (!world.snapshot.source.provider.attach) return [];
  const { owner, attachedOn } = world.addresses;
  // What has nowhere to go is its namespace's still, and stays on the interface.
  const going = [...moving, ...leaving.filter((address) => owner[world.addresses.slotOf(address)] !== 0)];
  const unhosted = hostSubnet.recorded === hostSubnet.egressIPs ? going : [...hostSubnet.recorded.filter((address) => !hostSubnet.egressIPs.includes(address)), ...going];
  return unhosted.filter((address) => attachedOn[world.addresses.slotOf(address)] === node + 1);
}

/** What comes to a node and what goes from it. */
interface Delta {
  readonly added: readonly Address[];
  readonly removed: readonly Address[];
}

/** What a HostSubnet shall be. */
interface HostTarget {
  readonly egressIPs: readonly Address[];
  /** Of these: what was not there. */
  readonly added: readonly Address[];
  /** Of these, and of what is still on the interface: what is ours. */
  readonly hosted: readonly Address[];
  readonly cidrs: HostedCidrs;
}

/** A write, what the HostSubnet is after it, and what that changes. */
interface HostWrite {
  readonly write: HostStep;
  readonly target: HostTarget;
  readonly delta: Delta;
}

/**
 * The write that may start now, and those that wait; each says the whole of what the HostSubnet shall be after it.
 * What leaves may wait for what comes (an address in the place of another), so that each has a write of its own where both wait.
 */
function hostStepsOf(world: World, steps: StepList, change: HostChange, order: LeavingOrder): readonly HostWrite[] {
  const { hostSubnet, node } = change;
  const id = `host/${hostSubnet.name}`;
  const pending = change.additions.map(({ claim, address }) => ({ address, after: beforeHosting(world, steps, claim, address, node) }));
  const departing = change.leaving.map((address) => ({ address, after: order.beforeUnhosting(address) }));
  const cidrs = cidrsOf(world, hostSubnet, node, order.unbindingIn);
  const withCidr = cidrs.target.all.length === 0 ? change.withCidr : [];
  const ready = { added: withoutWaiting(pending), removed: [...change.moving, ...withoutWaiting(departing), ...(cidrs.after.length === 0 ? withCidr : [])] };
  const stillHere = departing.filter(({ after }) => after.length > 0).map(({ address }) => address);
  const writes: HostWrite[] = [];
  const add = (name: string, after: readonly string[], delta: Delta, target: HostTarget): void => {
    const last = writes.at(-1)?.write.id;
    writes.push({ write: hostStep(world, change, name, [...new Set([...after, ...(last === undefined ? [] : [last])])], delta, target), target, delta });
  };
  const now = targetOf(change, ready, cidrs.now, stillHere);
  if (isNeeded(hostSubnet, now, ready)) add(id, [], ready, now);
  const coming = pending.flatMap(({ after }) => after);
  const going = departing.flatMap(({ after }) => after);
  const all = { added: pending.map(({ address }) => address), removed: [...change.moving, ...change.leaving, ...withCidr] };
  if (coming.length > 0 && going.length > 0 && cidrs.after.length === 0) {
    const delta = { added: all.added, removed: ready.removed };
    add(`${id}/then`, coming, delta, targetOf(change, delta, cidrs.target, stillHere));
    add(`${id}/last`, going, all, targetOf(change, all, cidrs.target, []));
  } else if (coming.length + going.length + cidrs.after.length > 0) add(`${id}/then`, [...coming, ...going, ...cidrs.after], all, targetOf(change, all, cidrs.target, []));
  return writes;
}

function withoutWaiting(entries: readonly { readonly address: Address; readonly after: readonly string[] }[]): readonly Address[] {
  return entries.filter(({ after }) => after.length === 0).map(({ address }) => address);
}

function targetOf({ hostSubnet, staying, attached }: HostChange, delta: Delta, cidrs: HostedCidrs, stillHere: readonly Address[]): HostTarget {
  const present = new Set(delta.added.length === 0 ? [] : hostSubnet.egressIPs);
  const added = delta.added.filter((address) => !present.has(address)).sort(compareAddresses);
  const gone = new Set(delta.removed);
  const left = gone.size === 0 ? hostSubnet.egressIPs : hostSubnet.egressIPs.filter((address) => !gone.has(address));
  const egressIPs = added.length === 0 ? left : [...left, ...added];
  // Mostly everything there is ours.
  const ours = staying.length === hostSubnet.egressIPs.length ? undefined : new Set([...staying, ...delta.added, ...stillHere]);
  const hosted = ours === undefined ? egressIPs : egressIPs.filter((address) => ours.has(address));
  return { egressIPs, added, hosted: attached.length === 0 ? hosted : [...hosted, ...attached.filter((address) => !egressIPs.includes(address))], cidrs };
}

function isNeeded(hostSubnet: ParsedHostSubnet, { added, hosted, cidrs }: HostTarget, { removed }: Delta): boolean {
  return (
    removed.length > 0 ||
    added.length > 0 ||
    !sameTexts(cidrs.all, hostSubnet.egressCIDRs) ||
    !sameAddressesInOrder(hosted, hostSubnet.recorded) ||
    !sameTexts(cidrs.ours, hostSubnet.recordedCIDRs)
  );
}

function hostStep(world: World, { hostSubnet }: HostChange, id: string, after: readonly string[], { removed }: Delta, { egressIPs, added, hosted, cidrs }: HostTarget): HostStep {
  return {
    kind: 'host',
    id,
    after,
    node: hostSubnet.name,
    ...(added.length > 0 || removed.length > 0 ? { egressIPs: egressIPs.map(formatAddress) } : {}),
    ...(sameTexts(cidrs.all, hostSubnet.egressCIDRs) ? {} : { egressCIDRs: cidrs.all }),
    hostedIPs: hosted.length === 0 ? null : hosted.map((address) => `${formatAddress(address)}=${namespaceOf(world, address)}`).join(','),
    hostedCIDRs: cidrs.ours.length === 0 ? null : cidrs.ours.join(','),
    added: added.map(formatAddress),
    removed: removed.map(formatAddress),
  };
}

function namespaceOf(world: World, address: Address): string {
  return world.ownerName(address) ?? world.recordedNamespaceOf(address) ?? '';
}

/** What has to be observed before a HostSubnet may host an address: written down, and off every other node. */
function beforeHosting(world: World, steps: StepList, claim: Claim, address: Address, node: number): readonly string[] {
  const after: string[] = [];
  if (!isAnnotated(claim, address) && !claim.edited) after.push(annotateId(claim.namespace.name));
  const slot = world.addresses.slotOf(address);
  const hosted = (world.addresses.hostedOn[slot] ?? 0) - 1;
  const twice = ((world.addresses.flags[slot] ?? 0) & AddressFlag.hostedTwice) !== 0;
  if (hosted !== -1 && hosted !== node) after.push(`host/${world.nodes.nameOf(hosted)}`);
  if (!twice) return after;
  world.nodes.hostSubnetOf.forEach((other, index) => {
    if (other === undefined || index === node || index === hosted) return;
    if (other.egressIPs.includes(address) || other.unconfirmed.includes(address)) after.push(`host/${other.name}`);
  });
  return after;
}

/** The step that gives the SDN a node for an address, when none has its CIDR yet. */
function cidrHosting(world: World, steps: StepList, claim: Claim, address: Address): string | undefined {
  const group = groupOf(world, claim.egressIPAM, address);
  if (group === undefined) return undefined;
  const cidrs = world.egressIPAMOf(claim)?.assignments.map((assignment) => assignment.cidr.text) ?? [];
  const isThere = group.selected.some((node) => world.nodes.hostSubnetOf[node]?.egressCIDRs.some((cidr) => cidrs.includes(cidr)));
  if (isThere) return undefined;
  const first = group.selected.map((node) => `host/${world.nodes.nameOf(node)}`).find((id) => steps.has(id));
  return first ?? 'observed/HostSubnet';
}

/** EgressIPAMs on their way out that a write belongs to. */
function endingEgressIPAMs(world: World, change: HostChange, step: HostStep, { hosted }: HostTarget): readonly number[] {
  if (!world.snapshot.egressIPAMs.some(({ deleting }) => deleting)) return [];
  const kept = new Set(hosted);
  const dropped = change.hostSubnet.recorded.filter((address) => !kept.has(address));
  if (step.removed.length === 0 && dropped.length === 0 && step.egressCIDRs === undefined) return [];
  const ending: number[] = [];
  world.snapshot.egressIPAMs.forEach((egressIPAM, index) => {
    if (!egressIPAM.deleting) return;
    const cidrs = egressIPAM.assignments.map((assignment) => assignment.cidr);
    const removes = [...change.leaving, ...change.moving, ...dropped].some((address) => assignmentOf(egressIPAM, address) !== undefined);
    if (removes || cidrs.some((cidr) => change.hostSubnet.egressCIDRs.includes(cidr.text))) ending.push(index);
  });
  return ending;
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

function sameAddressesInOrder(a: readonly Address[], b: readonly Address[]): boolean {
  return a.length === b.length && a.every((address, index) => address === b[index]);
}
