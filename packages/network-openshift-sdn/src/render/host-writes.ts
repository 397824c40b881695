import { compareAddresses, type Address, type Cidr, type Precondition } from '@egressip-ipam/core';
import { afterStep, distinctPreconditions, sameInOrder } from '@egressip-ipam/core/plugin';
import type { ParsedHostSubnet } from '../facts/parse-host-subnet.ts';
import type { HostChange } from './host-change.ts';
import { firstHostId } from './host-id.ts';
import type { HostedCidrs, NodeCidrs } from './node-cidrs.ts';

/** What has to be before addresses come and go. */
export interface HostOrder {
  readonly beforeHosting: (address: Address, node: string) => readonly Precondition[];
  readonly beforeUnhosting: (address: Address) => readonly Precondition[];
  /** The steps that unbind addresses of a CIDR. */
  readonly unbindingIn: (cidr: Cidr) => readonly Precondition[];
}

/** One write of a HostSubnet. */
export interface HostWrite {
  readonly id: string;
  readonly after: readonly Precondition[];
  /** What the HostSubnet is after it. */
  readonly target: HostTarget;
  /** What it changes, apart from what the writes before it do. */
  readonly added: readonly Address[];
  readonly removed: readonly Address[];
  /** Whether it has to say what is hosted, and the CIDRs. */
  readonly writesAddresses: boolean;
  readonly writesCidrs: boolean;
}

/** What a HostSubnet shall be. */
export interface HostTarget {
  readonly egressIPs: readonly Address[];
  /** Of these, and of what is still on the interface: what is ours. */
  readonly hosted: readonly Address[];
  readonly cidrs: HostedCidrs;
}

/** What comes to a node and what goes from it. */
interface Delta {
  readonly added: readonly Address[];
  readonly removed: readonly Address[];
}

/**
 * The write that may start now, and those that wait; each says the whole of what the HostSubnet shall be after it.
 * What leaves may wait for what comes (an address in the place of another), so that each has a write of its own where
 * both wait.
 */
export function hostWritesOf(change: HostChange, cidrs: NodeCidrs, order: HostOrder): readonly HostWrite[] {
  const { hostSubnet, additions, moving, leaving } = change;
  const coming = withPreconditions(additions, (address) => order.beforeHosting(address, hostSubnet.name));
  const going = withPreconditions(leaving, order.beforeUnhosting);
  const cidrsChange = cidrs.changeOf(hostSubnet, order.unbindingIn);
  const withCidr = cidrsChange.target.all.length === 0 ? change.withCidr : [];
  const now: Delta = {
    added: coming.ready,
    removed: [...moving, ...going.ready, ...(cidrsChange.after.length === 0 ? withCidr : [])],
  };
  const all: Delta = { added: additions, removed: [...moving, ...leaving, ...withCidr] };
  const writes = new WriteList(change);
  const target = targetOf(change, now, cidrsChange.now, going.waiting);
  if (isNeeded(hostSubnet, target, now)) writes.add([], now, target);
  if (coming.after.length > 0 && going.after.length > 0 && cidrsChange.after.length === 0) {
    const first: Delta = { added: all.added, removed: now.removed };
    writes.add(coming.after, first, targetOf(change, first, cidrsChange.target, going.waiting));
    writes.add(going.after, all, targetOf(change, all, cidrsChange.target, []));
  } else {
    const after = [...coming.after, ...going.after, ...cidrsChange.after];
    if (after.length > 0) writes.add(after, all, targetOf(change, all, cidrsChange.target, []));
  }
  return writes.all;
}

interface Sorted {
  readonly ready: readonly Address[];
  readonly waiting: readonly Address[];
  readonly after: readonly Precondition[];
}

function withPreconditions(
  addresses: readonly Address[],
  before: (address: Address) => readonly Precondition[],
): Sorted {
  const ready: Address[] = [];
  const waiting: Address[] = [];
  const after: Precondition[] = [];
  for (const address of addresses) {
    const preconditions = before(address);
    (preconditions.length === 0 ? ready : waiting).push(address);
    after.push(...preconditions);
  }
  return { ready, waiting, after };
}

function targetOf(
  { hostSubnet, staying, attached }: HostChange,
  { added: coming, removed }: Delta,
  cidrs: HostedCidrs,
  stillHere: readonly Address[],
): HostTarget {
  const present = hostSubnet.egressIPs;
  const added = [...without(coming, present)].sort(compareAddresses);
  const egressIPs = [...without(present, removed), ...added];
  const unhosted = attached.filter((address) => !egressIPs.includes(address));
  // Mostly all that it has is ours, and there is nothing to find that out by.
  if (staying === present) return { egressIPs, hosted: [...egressIPs, ...unhosted], cidrs };
  const ours = new Set([...staying, ...coming, ...stillHere]);
  return { egressIPs, hosted: [...egressIPs.filter((address) => ours.has(address)), ...unhosted], cidrs };
}

function without(addresses: readonly Address[], others: readonly Address[]): readonly Address[] {
  if (addresses.length === 0 || others.length === 0) return addresses;
  const known = new Set(others);
  return addresses.filter((address) => !known.has(address));
}

/** Whether a HostSubnet is anything else, or may be, than it shall be. */
function isNeeded(
  { egressIPs, egressCIDRs, recorded, recordedCIDRs }: ParsedHostSubnet,
  target: HostTarget,
  { removed }: Delta,
): boolean {
  return (
    removed.length > 0 ||
    !sameInOrder(target.egressIPs, egressIPs) ||
    !sameInOrder(target.cidrs.all, egressCIDRs) ||
    !sameInOrder(target.hosted, recorded) ||
    !sameInOrder(target.cidrs.ours, recordedCIDRs)
  );
}

/** The writes of one HostSubnet, each behind the one before it. */
class WriteList {
  readonly all: HostWrite[] = [];
  readonly #change: HostChange;

  constructor(change: HostChange) {
    this.#change = change;
  }

  add(after: readonly Precondition[], { added, removed }: Delta, target: HostTarget): void {
    const { name, egressIPs, egressCIDRs } = this.#change.hostSubnet;
    const last = this.all.at(-1);
    const before = last?.target.egressIPs ?? egressIPs;
    const id =
      last === undefined && after.length === 0 ? firstHostId(name) : `${firstHostId(name)}/${this.all.length + 1}`;
    const gone = new Set(this.all.flatMap((earlier) => earlier.removed));
    this.all.push({
      id,
      after: distinctPreconditions(last === undefined ? after : [...after, afterStep(last.id)]),
      target,
      added: added.filter((address) => !before.includes(address)).sort(compareAddresses),
      removed: removed.filter((address) => !gone.has(address)),
      writesAddresses: removed.length > 0 || added.some((address) => !egressIPs.includes(address)),
      writesCidrs: !sameInOrder(target.cidrs.all, egressCIDRs),
    });
  }
}
