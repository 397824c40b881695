import type { Address } from '../address/address.ts';
import { formatAddress } from '../address/address.ts';
import { cidrContains } from '../address/cidr.ts';
import { AddressFlag } from '../allocate/address-table.ts';
import { assignmentOf, type Claim } from '../allocate/claim.ts';
import type { World } from '../allocate/world.ts';
import type { ParsedNetNamespace } from '../parse/parse-network-objects.ts';
import { placementMode, groupOf } from '../place/place-kept.ts';
import { addAnnotateSteps } from './annotations.ts';
import { addAttachmentSteps, attachmentOf, isUnseen, markDoubted } from './attachments.ts';
import { addHostSteps, type HostPlan, type LeavingOrder } from './host-subnets.ts';
import { keptCidrs } from './kept-cidrs.ts';
import { rememberId } from './released.ts';
import type { StepList } from './step-list.ts';

/** The id of a namespace's claim step. */
function claimId(namespace: string): string {
  return `claim/${namespace}`;
}

/**
 * OpenShift SDN: from decisions to writes. On the way in: annotation → host →
 * attach → claim; on the way out the reverse (law 7): the SDN drops traffic that
 * is bound to an address without a host.
 */
export function renderOpenShiftSdn(world: World, steps: StepList): void {
  world.keptCidrs = keptCidrs(world);
  markDoubted(world);
  const changes = bindingChanges(world);
  const releases = releasesOf(changes);
  const leaving: LeavingOrder = {
    unbindingOf: (address) => releases.get(address),
    beforeUnhosting: (address) => {
      const remember = rememberedBy(world, address);
      return [releases.get(address), detachOf(world, releases, address), remember !== undefined && steps.has(remember) ? remember : undefined].filter((id) => id !== undefined);
    },
    unbindingIn: (cidr) => [...releases].filter(([address]) => cidrContains(cidr, address)).map(([, id]) => id),
  };
  const hosts = addHostSteps(world, steps, leaving);
  addAttachmentSteps(world, steps, hosts, leaving.unbindingOf);
  addClaimSteps(steps, hosts, changes);
  addAnnotateSteps(world, steps, (claim) => afterRelease(world, steps, hosts, leaving, claim));
}

/** Addresses that a NetNamespace is about to lose, and the step that takes them from it. */
function releasesOf(changes: readonly BindingChange[]): ReadonlyMap<Address, string> {
  const releases = new Map<Address, string>();
  for (const { namespaceName, current, target } of changes) {
    for (const address of current) if (!target.includes(address)) releases.set(address, claimId(namespaceName));
  }
  return releases;
}

/** The step that takes an address off an interface: it waits when the address is still bound. Of an interface that nobody has seen, a look comes first. */
function detachOf(world: World, releases: ReadonlyMap<Address, string>, address: Address): string | undefined {
  const node = attachmentOf(world, address);
  if (node === undefined) return undefined;
  if (isUnseen(world, node, address)) return `observed/node/${node}`;
  return releases.has(address) ? `detach/${node}/then` : `detach/${node}`;
}

/** The remember step that must come before the last trace of an address goes. */
function rememberedBy(world: World, address: Address): string | undefined {
  const egressIPAM = world.snapshot.egressIPAMs.find((candidate) => assignmentOf(candidate, address) !== undefined);
  return egressIPAM === undefined ? undefined : rememberId(egressIPAM.name);
}

/** A NetNamespace in our care whose binding changes. */
interface BindingChange {
  readonly namespaceName: string;
  readonly claim: Claim | undefined;
  readonly current: readonly Address[];
  readonly target: readonly Address[];
}

function bindingChanges(world: World): readonly BindingChange[] {
  const changes: BindingChange[] = [];
  for (const claim of world.claims) {
    const netNamespace = world.netNamespaceOf(claim.namespaceIndex);
    if (netNamespace === undefined) continue;
    const target = targetOf(world, claim, netNamespace);
    // A write of unknown outcome may have bound what is not wanted any more: only another one makes sure that it is not.
    if (target !== netNamespace.egressIPs || netNamespace.unconfirmed.some((address) => !target.includes(address))) changes.push({ namespaceName: netNamespace.name, claim, current: netNamespace.egressIPs, target });
  }
  for (const orphan of world.orphanNetNamespaces) {
    const kept = orphan.egressIPs.filter((address) => !isRecordedLeftover(world, address));
    if (kept.length < orphan.egressIPs.length) changes.push({ namespaceName: orphan.name, claim: undefined, current: orphan.egressIPs, target: kept });
  }
  return changes;
}

function isRecordedLeftover(world: World, address: Address): boolean {
  const slot = world.addresses.slotOf(address);
  return world.addresses.owner[slot] === 0 && ((world.addresses.flags[slot] ?? 0) & AddressFlag.recorded) !== 0;
}

/** The addresses of a claim that a node carries or is about to; returns the current list itself when nothing changes. */
function targetOf(world: World, claim: Claim, netNamespace: ParsedNetNamespace): readonly Address[] {
  const current = netNamespace.egressIPs;
  if (claim.release !== undefined) {
    return current.some((address) => claim.leaving.includes(address)) ? current.filter((address) => !claim.leaving.includes(address)) : current;
  }
  if (claim.egressIPAM === -1) return current;
  const byCidr = placementMode(world, claim.egressIPAM) === 'by-cidr';
  let same = true;
  const target: Address[] = [];
  for (let index = 0; index < claim.addresses.length; index += 1) {
    const address = claim.addresses[index];
    if (address === undefined || !isCarried(world, claim, address, byCidr) || isForeignBound(world, address, current)) continue;
    if (current[target.length] !== address) same = false;
    target.push(address);
  }
  return same && target.length === current.length ? current : target;
}

function isCarried(world: World, claim: Claim, address: Address, byCidr: boolean): boolean {
  const slot = world.addresses.slotOf(address);
  if (!byCidr) return world.addresses.placedOn[slot] !== 0;
  const group = groupOf(world, claim.egressIPAM, address);
  if (group !== undefined) return group.selected.length > 0;
  return world.addresses.hostedOn[slot] !== 0 || (world.keptCidrs.get(claim.egressIPAM)?.length ?? 0) > 0;
}

/** An address that someone else's NetNamespace has is not bound here too: the SDN would drop both. */
function isForeignBound(world: World, address: Address, current: readonly Address[]): boolean {
  return ((world.addresses.flags[world.addresses.slotOf(address)] ?? 0) & AddressFlag.boundByOthers) !== 0 && !current.includes(address);
}

function addClaimSteps(steps: StepList, hosts: HostPlan, changes: readonly BindingChange[]): void {
  for (const { namespaceName, claim, current, target } of changes) {
    const after = new Set<string>();
    for (const address of target) {
      if (claim !== undefined && !current.includes(address)) hosts.afterHosting(claim, address).forEach((id) => after.add(id));
    }
    steps.add(
      { kind: 'claim', id: claimId(namespaceName), after: [...after], namespace: namespaceName, egressIPs: target.map(formatAddress) },
      claim?.release === undefined ? [] : [claim.egressIPAM],
    );
  }
}

/** The steps that undo everything of a claim. */
function afterRelease(world: World, steps: StepList, hosts: HostPlan, leaving: LeavingOrder, claim: Claim): readonly string[] {
  const after = new Set([claimId(claim.namespace.name)]);
  for (const address of claim.leaving) {
    for (const id of hosts.removalOf(address)) after.add(id);
    for (const id of leaving.beforeUnhosting(address)) after.add(id);
  }
  return [...after].filter((id) => steps.has(id));
}
