import { familyOf, formatAddress, type Address } from '../address/address.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import type { NodeTable } from '../place/node-table.ts';
import type { Placer } from '../place/placer.ts';
import type { Pool } from '../place/pool.ts';
import type { NodePart } from '../place/subnet-nodes.ts';

/** Why addresses of one namespace find no nodes, in words. */
export function describeShortage(
  { nodes, placer }: { readonly nodes: NodeTable; readonly placer: Placer },
  pool: Pool,
  count: number,
  addresses: readonly Address[],
): string {
  const partFor = (address: Address): NodePart | undefined => pool.groupOf(address)?.partFor(address);
  const carriersOf = (address: Address): readonly NodeIndex[] => partFor(address)?.candidates ?? [];
  const nowhere = addresses.filter((address) => carriersOf(address).length === 0);
  if (nowhere.length > 0)
    return `no node that takes addresses now has a subnet with ${nowhere.map(formatAddress).join(', ')}; it waits for one`;
  const full = addresses.filter(
    (address) => !carriersOf(address).some((node) => nodes.hasRoom(node, familyOf(address))),
  );
  if (full.length > 0) {
    return `no node has room for ${full.map(formatAddress).join(', ')}: all of its nodes carry as many addresses as they can, or are about to; it waits for room, or for another node`;
  }
  if (placer.hasGivenUp) {
    return `no nodes were found for its ${count} addresses in the time that a plan may take; use fewer CIDR assignments, or more nodes for each`;
  }
  const isCarrier = new Uint8Array(nodes.nodes.length);
  for (const part of new Set(addresses.map(partFor))) for (const node of part?.candidates ?? []) isCarrier[node] = 1;
  const distinct = isCarrier.reduce((sum, is) => sum + is, 0);
  return `its ${count} addresses need as many different nodes, and only ${distinct} can carry them now; it waits for another node`;
}
