import type { Address } from '../address/address.ts';
import type { Allotment } from '../allocate/allotment.ts';
import type { CoolingAddresses } from '../allocate/cool-down.ts';
import type { ContestedAddress } from '../claims/own-addresses.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { AddressUsers } from '../ledger/address-users.ts';
import type { NodeIndex, Slot } from '../ledger/indexes.ts';
import type { HostedEntry } from '../ledger/hosted-list.ts';
import type { BindingFacts, NetworkFacts } from '../network-contract/facts.ts';
import type { NetworkTraits, PlacementMode } from '../network-contract/traits.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import type { Pools } from '../place/make-pools.ts';
import type { NodeTable } from '../place/node-table.ts';
import type { Pool } from '../place/pool.ts';

/** Everything that was decided, for those who turn it into steps and words. Nothing here changes any more. */
export interface Decided {
  readonly snapshot: ParsedSnapshot;
  readonly facts: NetworkFacts;
  readonly traits: NetworkTraits;
  readonly nodes: NodeTable;
  readonly pools: Pools;
  readonly ledger: AddressLedger;
  readonly users: AddressUsers;
  readonly cooling: CoolingAddresses;
  /** By claim, in the order of the snapshot's namespaces. */
  readonly allotments: readonly Allotment[];
  /** Those of claims of which something was to be decided. */
  readonly unsettled: readonly Allotment[];
  /** Mostly few: all but those of settled claims that have every address where it stays. */
  readonly unusual: readonly Allotment[];
  /** What the network hosts that no claim has, or that it hosts on another node, too. */
  readonly stray: readonly HostedEntry[];
  /** Bindings of namespaces outside our care. */
  readonly foreignBindings: readonly BindingFacts[];
  readonly contested: readonly ContestedAddress[];
  /** Addresses in use in the cloud that no interface of ours carries. */
  readonly usedElsewhere: ReadonlySet<Address>;
}

/** The EgressIPAM whose nodes are for an address of an allotment. */
export function poolOf({ pool, claim: { from } }: Allotment, address: Address): Pool | undefined {
  return from !== undefined && pool?.assignmentOf(address) === undefined ? from : pool;
}

/** Who places an address of an allotment; the network, where there is no EgressIPAM. */
export function placementOf(allotment: Allotment, address: Address): PlacementMode {
  return poolOf(allotment, address)?.placement ?? 'network';
}

/** The node that an address is on, or is to be on: what we decided, or where the network has it. */
export function nodeOf({ ledger }: Decided, allotment: Allotment, address: Address): NodeIndex | undefined {
  return nodeAt(ledger, ledger.slotOf(address), poolOf(allotment, address));
}

/** The node that an address of a pool is on, or is to be on. */
export function nodeAt(ledger: AddressLedger, slot: Slot, pool: Pool | undefined): NodeIndex | undefined {
  return pool?.placement === 'us' ? ledger.placement.at(slot) : ledger.host.at(slot);
}

/** What was decided about the claim that has an address. */
export function allotmentAt({ ledger, allotments }: Decided, slot: Slot): Allotment | undefined {
  const owner = ledger.owner.at(slot);
  return owner === undefined ? undefined : allotments[owner];
}
