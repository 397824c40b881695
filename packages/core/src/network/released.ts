import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import { returnWindow } from '../allocate/cool-down.ts';
import { sameAddresses } from '../allocate/classify.ts';
import { contains } from '../allocate/claim.ts';
import { AddressFlag } from '../allocate/address-table.ts';
import { selectedNamespace, type World } from '../allocate/world.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { ReleasedAddresses } from '../snapshot/snapshot.ts';
import type { StepList } from './step-list.ts';

/** `status.released` keeps at most so many entries; the oldest go first. */
const releasedLimit = 1000;

/** The id of an EgressIPAM's remember step. */
export function rememberId(egressIPAM: string): string {
  return `remember/${egressIPAM}`;
}

/** `status.released` of every EgressIPAM as it should be, by index. */
export function rememberReleased(world: World, steps: StepList): readonly (readonly ReleasedAddresses[])[] {
  const leaving = leavingByEgressIPAM(world);
  return world.snapshot.egressIPAMs.map((egressIPAM, index) => {
    const current = egressIPAM.source.released ?? [];
    const { time } = world.snapshot;
    const releasedAt = world.snapshot.source.time;
    if (egressIPAM.deleting || time === undefined || releasedAt === undefined) return current;
    const fresh = [...(leaving.get(index) ?? [])].filter(([namespace, addresses]) => !isRemembered(egressIPAM, namespace, addresses, time));
    const kept = egressIPAM.released.map(({ namespace, addresses }) => addresses.filter((address) => !isBack(world, namespace, address)));
    if (fresh.length === 0 && kept.every((addresses, position) => addresses.length === egressIPAM.released[position]?.addresses.length)) return current;
    const released = [
      ...egressIPAM.released.flatMap((entry, position) => {
        const isOver = time - entry.releasedAt >= Math.max(egressIPAM.coolDown, returnWindow);
        const addresses = (kept[position] ?? []).filter((address) => !fresh.some(([namespace, again]) => namespace === entry.namespace && again.includes(address)));
        const source = current[position];
        return source === undefined || isOver || addresses.length === 0 ? [] : [{ ...source, addresses: addresses.map(formatAddress) }];
      }),
      ...fresh.map(([namespace, addresses]) => ({ namespace, addresses: addresses.map(formatAddress), releasedAt })),
    ].slice(-releasedLimit);
    steps.add({ kind: 'remember', id: rememberId(egressIPAM.name), after: [], egressIPAM: egressIPAM.name, released });
    return released;
  });
}

/** Whether a namespace that had given an address back has it again, and that is written down: its next release is another one. */
function isBack(world: World, namespace: string, address: Address): boolean {
  const owner = world.ownerOf(address);
  return owner !== -1 && world.ownerName(address) === namespace && (world.claimOf(owner)?.source ?? 'kept') === 'kept';
}

/** A release that is under way, or was a moment ago, needs no second entry. */
function isRemembered(egressIPAM: ParsedEgressIPAM, namespace: string, addresses: readonly Address[], time: number): boolean {
  return egressIPAM.released.some(
    (entry) =>
      entry.namespace === namespace &&
      (sameAddresses(entry.addresses, addresses) || addresses.every((address) => entry.addresses.includes(address))) &&
      time - entry.releasedAt < Math.max(egressIPAM.coolDown, returnWindow),
  );
}

/** By EgressIPAM, by namespace: the addresses that are going back to the pool. */
function leavingByEgressIPAM(world: World): ReadonlyMap<number, ReadonlyMap<string, readonly Address[]>> {
  const leaving = new Map<number, Map<string, Address[]>>();
  const note = (namespace: string, address: Address): void => {
    const index = world.snapshot.egressIPAMs.findIndex((egressIPAM) => egressIPAM.assignments.some((assignment) => contains(assignment, address)));
    if (index === -1) return;
    if (world.ownerOf(address) !== -1) return;
    let namespaces = leaving.get(index);
    if (namespaces === undefined) leaving.set(index, (namespaces = new Map<string, Address[]>()));
    const list = namespaces.get(namespace);
    if (list === undefined) namespaces.set(namespace, [address]);
    else if (!list.includes(address)) list.push(address);
  };
  for (const claim of world.claims) for (const address of claim.leaving) note(claim.namespace.name, address);
  for (const { namespace, address } of leftoversOf(world)) note(namespace, address);
  for (const departed of world.snapshot.source.departed ?? []) {
    for (const text of departed.addresses) {
      const address = parseAddress(text);
      if (address !== undefined) note(departed.namespace, address);
    }
  }
  return leaving;
}

/** Addresses on record as ours that no claim has any more, and the namespaces they were for. */
function* leftoversOf(world: World): Iterable<{ readonly namespace: string; readonly address: Address }> {
  for (const [position, hostSubnet] of world.snapshot.hostSubnets.entries()) {
    if (world.isUndisturbed(world.nodes.nodeOfHostSubnet[position] ?? -1)) continue;
    for (const address of hostSubnet.recorded) {
      const slot = world.addresses.slotOf(address);
      if (world.addresses.owner[slot] !== 0 || ((world.addresses.flags[slot] ?? 0) & AddressFlag.releasing) !== 0) continue;
      const namespace = world.recordedNamespaceOf(address);
      if (namespace !== undefined) yield { namespace, address };
    }
  }
  for (const egressIP of world.snapshot.egressIPs) {
    const namespace = egressIP.source.ours ? selectedNamespace(egressIP) : undefined;
    if (namespace !== undefined) for (const address of egressIP.egressIPs) yield { namespace, address };
  }
}
