import { compareAddresses, formatAddress, parseAddress, type Address } from '../address/address.ts';
import { AddressFlag } from '../allocate/address-table.ts';
import { assignmentOf } from '../allocate/claim.ts';
import { isUnknown } from '../allocate/mark-uses.ts';
import type { World } from '../allocate/world.ts';
import type { HostPlan } from './host-subnets.ts';
import type { StepList } from './step-list.ts';

/** The node whose interface carries an address that is on its way out; undefined for none. */
export function attachmentOf(world: World, address: Address): string | undefined {
  if (!world.snapshot.source.provider.attach) return undefined;
  const slot = world.addresses.slotOf(address);
  const node = (world.addresses.attachedOn[slot] ?? 0) - 1;
  return node === -1 || world.addresses.owner[slot] !== 0 ? undefined : world.nodes.nameOf(node);
}

/** What is on its way out, and may be on an interface unseen, is taken to be there: taking off what is absent does no harm, and nothing leaks (law 9). */
export function markDoubted(world: World): void {
  for (const { node, address } of doubtedDepartures(world)) world.addresses.attachedOn[world.addresses.slotOf(address)] = world.nodes.indexOf(node) + 1;
}

function doubtedDepartures(world: World): readonly { readonly address: Address; readonly node: string }[] {
  const { attach, doubted = [] } = world.snapshot.source.provider;
  const observed = world.snapshot.observation?.nodes;
  if (!attach || observed === undefined) return [];
  return doubted.flatMap(({ node, address: text }) => {
    const address = parseAddress(text);
    const index = world.nodes.indexOf(node);
    // A machine that the platform does not have carries nothing, without a doubt.
    const isGone = observed.get(node)?.error !== undefined && !isUnknown(world, node);
    if (address === undefined || index === -1 || isGone) return [];
    const slot = world.addresses.slotOf(address);
    const seen = world.addresses.attachedOn[slot] ?? 0;
    return isOnItsWayOut(world, slot) && (seen === 0 || seen === index + 1) ? [{ address, node }] : [];
  });
}

/** Whether an address is ours, and no claim's any more. Foreign ones never are (law 5). */
function isOnItsWayOut(world: World, slot: number): boolean {
  const ours = ((world.addresses.flags[slot] ?? 0) & (AddressFlag.recorded | AddressFlag.releasing)) !== 0;
  return ours && world.addresses.owner[slot] === 0;
}

interface Group {
  readonly kind: 'attach' | 'detach' | 'move';
  readonly from: string;
  readonly node: string;
  readonly ready: Address[];
  readonly waiting: { readonly address: Address; readonly after: string }[];
}

/** Adds what has to change on interfaces: after the HostSubnet has it on record, and off only when nothing is bound to it. */
export function addAttachmentSteps(world: World, steps: StepList, hosts: HostPlan, unbindingOf: (address: Address) => string | undefined): void {
  if (!world.snapshot.source.provider.attach) return;
  const groups = new Map<string, Group>();
  const stepOf = new Map<Address, string>();
  const add = (kind: Group['kind'], from: string, node: string, address: Address, before: string | undefined): void => {
    const key = kind === 'move' ? `move/${from}/${node}` : `${kind}/${node}`;
    const after = before ?? unseenOf(world, kind === 'move' ? [from, node] : [node]);
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { kind, from, node, ready: [], waiting: [] }));
    if (after === undefined) group.ready.push(address);
    else group.waiting.push({ address, after });
    stepOf.set(address, after === undefined ? key : `${key}/then`);
  };
  for (const claim of world.claims) {
    if (claim.egressIPAM === -1) continue;
    for (const address of claim.addresses) {
      const slot = world.addresses.slotOf(address);
      const placed = (world.addresses.placedOn[slot] ?? 0) - 1;
      const attached = (world.addresses.attachedOn[slot] ?? 0) - 1;
      if (placed === -1 || placed === attached) continue;
      const node = world.nodes.nameOf(placed);
      if (attached === -1) add('attach', '', node, address, hosts.hostingOf(address));
      else add('move', world.nodes.nameOf(attached), node, address, hosts.hostingOf(address));
    }
  }
  for (const { address, node } of departures(world)) add('detach', '', node, address, unbindingOf(address));
  for (const [key, group] of groups) addGroup(steps, key, group, endingEgressIPAMs(world, group));
  hosts.attachWith((address) => stepOf.get(address));
}

/** What a change waits for when one of its interfaces is not known: a look at it. */
function unseenOf(world: World, nodes: readonly string[]): string | undefined {
  if (world.snapshot.observation === undefined) return undefined;
  const unseen = nodes.find((node) => isUnknown(world, node));
  return unseen === undefined ? undefined : `observed/node/${unseen}`;
}

/** Whether an address that is on its way out is only thought to be on an interface, so that no step can take it off yet. */
export function isUnseen(world: World, node: string, address: Address): boolean {
  if (world.snapshot.observation !== undefined) return isUnknown(world, node);
  return ((world.addresses.flags[world.addresses.slotOf(address)] ?? 0) & AddressFlag.releasing) === 0;
}

/** Addresses on interfaces that are on their way out. */
function* departures(world: World): Iterable<{ readonly address: Address; readonly node: string }> {
  if (world.snapshot.observation === undefined) {
    for (const claim of world.claims) {
      for (const address of claim.leaving) {
        const node = attachmentOf(world, address);
        if (node !== undefined) yield { address, node };
      }
    }
    return;
  }
  const { nodes } = world.snapshot.observation;
  for (const [name, { attached }] of nodes) {
    for (const address of attached) if (isOnItsWayOut(world, world.addresses.slotOf(address)) && world.nodes.indexOf(name) !== -1) yield { address, node: name };
  }
  for (const doubted of doubtedDepartures(world)) if (nodes.get(doubted.node)?.attached.includes(doubted.address) !== true) yield doubted;
}

function addGroup(steps: StepList, key: string, group: Group, egressIPAMs: readonly number[]): void {
  const step = (id: string, after: readonly string[], addresses: readonly Address[]): void => {
    const list = [...addresses].sort(compareAddresses).map(formatAddress);
    if (group.kind === 'move') steps.add({ kind: 'move', id, after, from: group.from, node: group.node, addresses: list }, egressIPAMs);
    else steps.add({ kind: group.kind, id, after, node: group.node, addresses: list }, egressIPAMs);
  };
  if (group.ready.length > 0) step(key, [], group.ready);
  if (group.waiting.length > 0) step(`${key}/then`, [...new Set(group.waiting.map(({ after }) => after))], group.waiting.map(({ address }) => address));
}

function endingEgressIPAMs(world: World, group: Group): readonly number[] {
  if (group.kind !== 'detach') return [];
  const addresses = [...group.ready, ...group.waiting.map(({ address }) => address)];
  return world.snapshot.egressIPAMs.flatMap((egressIPAM, index) =>
    egressIPAM.deleting && addresses.some((address) => assignmentOf(egressIPAM, address) !== undefined) ? [index] : [],
  );
}
