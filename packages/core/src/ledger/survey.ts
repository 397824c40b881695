import { parseAddress, type Address } from '../address/address.ts';
import { platformReserved } from '../address/address-range.ts';
import type { Cidr } from '../address/cidr.ts';
import { firstOverlaps } from '../address/first-overlaps.ts';
import type { BindingFacts, NetworkFacts } from '../network-contract/facts.ts';
import { parseAddresses } from '../parse/parse-lists.ts';
import type { ParsedObservation } from '../parse/parse-observation.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import type { AddressLedger } from './address-ledger.ts';
import type { HostedEntry, HostedList } from './hosted-list.ts';
import type { HostedIndex, NodeIndex } from './indexes.ts';

/** Subnets that addresses of a pool may lie in. */
export interface NodeSubnets {
  /** Those of all nodes, as far as they are known; each once. */
  readonly known: readonly Cidr[];
  /**
   * CIDRs that are taken for subnets, where the platform keeps something in each and nothing tells those of the nodes:
   * what it keeps is not given out to be refused later.
   */
  readonly supposed: readonly Cidr[];
}

/** What the survey needs to know of nodes. */
export interface SurveyedNodes {
  readonly indexOf: (name: string) => NodeIndex | undefined;
  readonly subnets: NodeSubnets;
  /** How many nodes the snapshot has; those behind are gone. */
  readonly present: number;
}

/** Takes out of the pools what nobody may ever get, whoever has it now. */
export function takeReserved(
  ledger: AddressLedger,
  snapshot: ParsedSnapshot,
  facts: NetworkFacts,
  nodes: SurveyedNodes,
): void {
  const take = (addresses: readonly Address[]): void => {
    for (const address of addresses) ledger.take(address);
  };
  for (const { assignments } of snapshot.egressIPAMs) {
    for (const { reserved } of assignments) for (const { first, last } of reserved) ledger.takeRange(first, last);
  }
  for (const { reserved } of snapshot.observation?.cidrs.values() ?? []) {
    for (const { first, last } of reserved) ledger.takeRange(first, last);
  }
  for (const { first, last } of facts.reserved) ledger.takeRange(first, last);
  for (const subnet of [...nodes.subnets.known, ...nodes.subnets.supposed])
    for (const { first, last } of keptInSubnet(snapshot, subnet)) ledger.takeRange(first, last);
  take(snapshot.virtualIPs);
  for (const { name, addresses } of snapshot.nodes) {
    take(addresses);
    take(facts.nodeOf(name).addresses);
  }
  for (const { fixed } of snapshot.observation?.nodes.values() ?? []) take(fixed);
  take(parseAddresses((snapshot.source.serviceAddresses ?? []).map(({ address }) => address)));
  for (const { address } of facts.used) ledger.take(address);
  for (const address of facts.refused) ledger.take(address);
}

/** What a subnet of nodes keeps for itself: its own address and broadcast, and what the platform keeps there. */
export function keptInSubnet(
  { source }: ParsedSnapshot,
  subnet: Cidr,
): readonly { readonly first: Address; readonly last: Address }[] {
  const own = platformReserved(subnet);
  const kept = source.provider.keptInSubnets;
  // A subnet as small as that is an address that a node has, and none of the platform's.
  if (kept === undefined || subnet.prefix > (subnet.family === 4 ? 29 : 125)) return own;
  return [
    { first: subnet.first, last: plus(subnet.first, kept.first - 1) },
    { first: plus(subnet.last, 1 - kept.last), last: subnet.last },
  ];
}

/** The subnets of nodes, and the CIDRs that are taken for subnets beside them. */
export function nodeSubnets(snapshot: ParsedSnapshot, known: readonly Cidr[]): NodeSubnets {
  if (snapshot.source.provider.keptInSubnets === undefined) return { known, supposed: [] };
  const cidrs = snapshot.egressIPAMs
    .flatMap(({ assignments }) => assignments.map(({ cidr }) => cidr))
    .filter(({ text }) => snapshot.observation?.cidrs.has(text) !== true);
  const overlaps = firstOverlaps([...known, ...cidrs]).slice(known.length);
  return { known, supposed: cidrs.filter((_, position) => (overlaps[position] ?? Infinity) >= known.length) };
}

function plus(address: Address, count: number): Address {
  return typeof address === 'number' ? address + count : address + BigInt(count);
}

/** Notes which node hosts each address, and what of it is on our record. */
export function noteHosts(ledger: AddressLedger, hosted: HostedList): void {
  for (let index = 0; index < hosted.size; index += 1) {
    const slot = hosted.slotAt(index);
    if (hosted.isOursAt(index)) {
      ledger.mark(slot, 'recorded');
      ledger.record.set(slot, index as HostedIndex);
    }
    const node = hosted.nodeAt(index);
    if (node === undefined) continue;
    if (ledger.host.has(slot) && !ledger.host.is(slot, node)) ledger.mark(slot, 'hosted-twice');
    else ledger.host.set(slot, node);
  }
}

/**
 * Notes which interfaces carry each address. Where an interface was not seen, it is taken to carry what its node hosts
 * for us: nothing is forgotten unseen (law 9).
 */
export function noteAttachments(
  ledger: AddressLedger,
  snapshot: ParsedSnapshot,
  facts: NetworkFacts,
  nodes: SurveyedNodes,
): void {
  const { observation } = snapshot;
  if (!snapshot.source.provider.attach) return;
  if (observation === undefined) {
    ledger.attachment.copy(ledger.host);
    return;
  }
  for (const [name, { attached, incomplete }] of observation.nodes) {
    const node = nodes.indexOf(name);
    if (node !== undefined)
      for (const address of attached) if (!incomplete.has(address)) ledger.attachment.set(ledger.slotOf(address), node);
  }
  noteHalfAttachments(ledger, observation, nodes);
  for (const { hosted } of facts.hosts) {
    for (const { address, node, ours } of hosted) {
      const index = nodes.indexOf(node);
      if (!ours || index === undefined || index >= nodes.present || isSeen(snapshot, node)) continue;
      const slot = ledger.slotOf(address);
      if (!ledger.attachment.has(slot)) ledger.attachment.set(slot, index);
    }
  }
}

/** What a kernel has counts before what an interface alone has. */
function noteHalfAttachments(ledger: AddressLedger, observation: ParsedObservation, nodes: SurveyedNodes): void {
  for (const [name, { incomplete }] of observation.nodes) {
    const node = nodes.indexOf(name);
    for (const address of incomplete) {
      const slot = ledger.slotOf(address);
      if (node === undefined || ledger.attachment.has(slot)) continue;
      ledger.attachment.set(slot, node);
      ledger.mark(slot, 'half-attached');
    }
  }
}

/**
 * Whether it is known what a node's interface carries; of a machine that the platform does not have, it is: nothing.
 */
export function isSeen({ observation }: ParsedSnapshot, node: string): boolean {
  return observation?.nodes.get(node)?.isUnknown === false;
}

/**
 * Addresses in use in the cloud that no interface of ours carries, and those it said are another's: somebody else has
 * them.
 */
export function usedElsewhere(
  ledger: AddressLedger,
  snapshot: ParsedSnapshot,
  facts: NetworkFacts,
  nodes: SurveyedNodes,
): ReadonlySet<Address> {
  const used = new Set<Address>();
  if (!snapshot.source.provider.attach || snapshot.observation === undefined) return used;
  for (const { change, address, error } of snapshot.source.provider.failures ?? []) {
    const parsed = change !== 'detach' && error.class === 'conflict' ? parseAddress(address) : undefined;
    // What is on an interface of ours was in the way of a change by us.
    if (parsed !== undefined && !ledger.attachment.has(ledger.slotOf(parsed))) used.add(parsed);
  }
  // What is in use may be on an interface of ours that could not be read.
  const isAllSeen = snapshot.nodes.every(({ name }) => isSeen(snapshot, name));
  for (const { inUse } of isAllSeen ? snapshot.observation.cidrs.values() : [])
    for (const { address } of inUse) if (!ledger.attachment.has(ledger.slotOf(address))) used.add(address);
  if (used.size > 0) for (const address of leftOnDeparted(snapshot, facts, nodes)) used.delete(address);
  return used;
}

/**
 * Addresses that the network shows on nodes that are gone, or that their machines still have: these outlive their Node
 * for a moment, and what they have is no stranger's (law 2).
 */
function* leftOnDeparted(snapshot: ParsedSnapshot, facts: NetworkFacts, nodes: SurveyedNodes): Iterable<Address> {
  const isPresent = (node: string): boolean => (nodes.indexOf(node) ?? Infinity) < nodes.present;
  for (const { hosted } of facts.hosts)
    for (const { address, node, ours, state } of hosted)
      if (ours && state === 'shown' && !isPresent(node)) yield address;
  for (const [node, { attached }] of snapshot.observation?.nodes ?? []) if (!isPresent(node)) yield* attached;
}

/**
 * Takes out of the pools what is in use in any way, by us or by others: nothing is handed out twice (law 1).
 *
 * @param unclaimed what the network hosts that no claim has
 * @param bindings those that bind more than what claims have
 */
export function takeUsed(
  ledger: AddressLedger,
  snapshot: ParsedSnapshot,
  facts: NetworkFacts,
  unclaimed: readonly HostedEntry[],
  bindings: readonly BindingFacts[],
): void {
  for (const { entry } of unclaimed) ledger.take(entry.address);
  for (const { addresses, unconfirmed } of bindings)
    for (const address of [...addresses, ...unconfirmed]) ledger.take(address);
  for (const address of facts.mentioned) ledger.take(address);
  // What the cloud refused a while ago is for nobody else; for who has it, it is tried again.
  for (const address of parseAddresses(snapshot.source.refused ?? [])) ledger.take(address);
  for (const { attached } of snapshot.observation?.nodes.values() ?? [])
    for (const address of attached) ledger.take(address);
  for (const { inUse } of snapshot.observation?.cidrs.values() ?? [])
    for (const { address } of inUse) ledger.take(address);
}

/** What the network hosts that no claim has. */
export function unclaimedHosted(hosted: HostedList, ledger: AddressLedger): readonly HostedEntry[] {
  return hosted.filter((index) => !ledger.owner.has(hosted.slotAt(index)));
}

/** What the network hosts that no claim has, or that it hosts on another node, too. */
export function strayHosted(hosted: HostedList, ledger: AddressLedger): readonly HostedEntry[] {
  return hosted.filter((index) => {
    const slot = hosted.slotAt(index);
    const node = hosted.nodeAt(index);
    return !ledger.owner.has(slot) || (node !== undefined && !ledger.host.is(slot, node));
  });
}
