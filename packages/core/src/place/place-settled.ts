import { unsettle } from '../allocate/classify.ts';
import type { World } from '../allocate/world.ts';
import { unlimited } from '../parse/parse-node.ts';
import { placementMode } from './place-kept.ts';
import type { NodeGroup } from './node-group.ts';

/** The flags of an address that is on record as ours, with nothing else to say of it. */
const recordedAlone = 1;

/**
 * Leaves the addresses of settled namespaces where they are, in one pass over
 * integers. A namespace of which anything has to change (a node out of order, a
 * record missing, traffic not bound) becomes a claim and is looked at closely.
 */
export function placeSettled(world: World): void {
  const { settledIn, settledOn, settledCount, nodes } = world;
  const isKnown = Uint8Array.from(nodes.hostSubnetOf, (hostSubnet) => Number(hostSubnet !== undefined && hostSubnet.unconfirmed.length === 0));
  const staysOf = nodes.groups.map((groups, index) => (placementMode(world, index) === 'explicit' ? groups.map((group) => ({ group, on: mayStayOn(world, group, isKnown) })) : undefined));
  const loadBefore = nodes.loadIPv4.slice();
  for (let index = 0; index < settledIn.length; index += 1) {
    const egressIPAM = settledIn[index] ?? -1;
    if (egressIPAM === -1) continue;
    const stays = staysOf[egressIPAM];
    if (stays !== undefined && keep(world, index, stays)) settledCount[egressIPAM] = (settledCount[egressIPAM] ?? 0) + 1;
    else unsettle(world, index);
  }
  nodes.loadIPv4.forEach((load, node) => (settledOn[node] = load - (loadBefore[node] ?? 0)));
}

const no = 0;
const yes = 1;
/** It depends on the address, or on how many there are. */
const perhaps = 2;

/** A CIDR assignment's nodes. */
interface Stays {
  readonly group: NodeGroup;
  /** By node: whether addresses may stay there. */
  readonly on: Uint8Array;
}

/**
 * Leaves the addresses of a namespace where they are, when each is on a node where it may stay, on record,
 * attached where needed, and alone of its namespace there; false, and nothing done, when not.
 */
function keep(world: World, index: number, stays: readonly Stays[]): boolean {
  const { settledSlots, isAttaching } = world;
  const { hostedOn, placedOn, attachedOn, flags } = world.addresses;
  const { width, said, saidOn } = world.snapshot.namespaces;
  const { loadIPv4 } = world.nodes;
  const start = index * width;
  for (let entry = 0; entry < stays.length; entry += 1) {
    const at = start + entry;
    const slot = settledSlots[at] ?? 0;
    const host = hostedOn[slot] ?? 0;
    const stay = stays[entry];
    const answer = host === 0 ? no : stay?.on[host - 1];
    let mayStay = answer !== no && flags[slot] === recordedAlone && (!isAttaching || attachedOn[slot] === host);
    for (let earlier = start; earlier < at; earlier += 1) if (hostedOn[settledSlots[earlier] ?? 0] === host) mayStay = false;
    if (!mayStay || (answer === perhaps && !hasPlace(world, stay?.group, host - 1, at))) {
      takeBack(world, start, at);
      return false;
    }
    placedOn[slot] = host;
    loadIPv4[host - 1] = (loadIPv4[host - 1] ?? 0) + 1;
    if (saidOn[at] === host) continue;
    saidOn[at] = host;
    said[index] = undefined;
  }
  return true;
}

function takeBack(world: World, from: number, to: number): void {
  const { placedOn } = world.addresses;
  const { loadIPv4 } = world.nodes;
  for (let at = from; at < to; at += 1) {
    const slot = world.settledSlots[at] ?? 0;
    const node = (placedOn[slot] ?? 0) - 1;
    placedOn[slot] = 0;
    loadIPv4[node] = (loadIPv4[node] ?? 0) - 1;
  }
}

function mayStayOn({ nodes }: World, group: NodeGroup, isKnown: Uint8Array): Uint8Array {
  return isKnown.map((known, node) => {
    if (known === 0 || group.isEligible[node] !== 1) return no;
    return group.uniform && nodes.capacityOf[node] === unlimited ? yes : perhaps;
  });
}

/** Whether a node's subnets have an address and there is room for it; what is attached has its room already. */
function hasPlace({ nodes, snapshot, isAttaching }: World, group: NodeGroup | undefined, node: number, at: number): boolean {
  if (group?.uniform !== true && !nodes.canHost(node, snapshot.namespaces.addresses[at] ?? 0)) return false;
  return isAttaching || nodes.capacityOf[node] === unlimited || nodes.hasRoom(node, 4);
}
