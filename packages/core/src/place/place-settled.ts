import type { Address } from '../address/address.ts';
import { unsettle } from '../allocate/classify.ts';
import type { World } from '../allocate/world.ts';
import { unlimited } from '../parse/parse-node.ts';
import { placementMode } from './place-kept.ts';
import type { NodeGroup } from './node-group.ts';
import type { Placer } from './placer.ts';

/**
 * Leaves the addresses of settled namespaces where they are, in one pass over
 * integers. A namespace of which anything has to change (a node out of order, a
 * record missing, traffic not bound) becomes a claim and is looked at closely.
 */
export function placeSettled(world: World, placer: Placer): void {
  const { settledIn } = world;
  const modes = world.snapshot.egressIPAMs.map((_, index) => placementMode(world, index));
  for (let index = 0; index < settledIn.length; index += 1) {
    const egressIPAM = settledIn[index] ?? -1;
    if (egressIPAM === -1) continue;
    const groups = world.nodes.groups[egressIPAM];
    if (modes[egressIPAM] !== 'explicit' || groups === undefined || !staysAsIs(world, placer, index, groups)) unsettle(world, index);
  }
}

function staysAsIs(world: World, placer: Placer, index: number, groups: readonly NodeGroup[]): boolean {
  const namespace = world.snapshot.namespaces[index];
  const slots = namespace?.slotsIn(world.snapshot.layout);
  const settled = world.settled[world.settledIn[index] ?? -1];
  if (namespace === undefined || slots === undefined || settled === undefined) return false;
  for (let entry = 0; entry < slots.length; entry += 1) {
    if (!addressStays(world, slots, entry, namespace.listed[entry] ?? 0, groups[entry])) return false;
  }
  settled.namespaces += 1;
  const { hostedOn } = world.addresses;
  for (let entry = 0; entry < slots.length; entry += 1) {
    const slot = slots[entry] ?? 0;
    const node = (hostedOn[slot] ?? 0) - 1;
    placer.keep(slot, typeof namespace.listed[entry] === 'bigint' ? 6 : 4, node);
    settled.onNode[node] = (settled.onNode[node] ?? 0) + 1;
  }
  return true;
}

/** Whether an address of a settled namespace is on an eligible node, on record, attached where needed, and alone of its namespace there. */
function addressStays(world: World, slots: readonly number[], entry: number, address: Address, group: NodeGroup | undefined): boolean {
  const { hostedOn, attachedOn, flags } = world.addresses;
  const slot = slots[entry] ?? 0;
  const host = hostedOn[slot] ?? 0;
  const node = host - 1;
  if (host === 0 || group?.isEligible[node] !== 1 || flags[slot] !== recordedAlone) return false;
  for (let earlier = 0; earlier < entry; earlier += 1) if (hostedOn[slots[earlier] ?? 0] === host) return false;
  if (world.nodes.hostSubnetOf[node]?.unconfirmed.length !== 0) return false;
  if (!group.uniform && !world.nodes.canHost(node, address)) return false;
  if (world.snapshot.source.provider.attach) return attachedOn[slot] === host;
  return world.nodes.capacityOf[node] === unlimited || world.nodes.hasRoom(node, typeof address === 'number' ? 4 : 6);
}

/** The flags of an address that is on record as ours, with nothing else to say of it. */
const recordedAlone = 1;
