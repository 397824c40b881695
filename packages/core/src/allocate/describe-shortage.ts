import { familyOf, formatAddress, type Address } from '../address/address.ts';
import { firstFew } from '../finding/list-texts.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import type { NodeTable } from '../place/node-table.ts';
import type { Placer } from '../place/placer.ts';
import type { Pool } from '../place/pool.ts';
import type { Obstacle } from './readiness.ts';
import type { NodePart } from '../place/subnet-nodes.ts';

/** Why addresses of one namespace find no nodes. */
export function shortageOf(
  parts: { readonly nodes: NodeTable; readonly placer: Placer },
  pool: Pool,
  count: number,
  addresses: readonly Address[],
): Obstacle {
  const away = awaitedNodes(parts.nodes, pool, addresses);
  if (away.length === 0)
    return { code: 'WaitingForCapacity', message: describeShortage(parts, pool, count, addresses) };
  const texts = addresses.map(formatAddress).join(', ');
  const [subject, there] = away.length === 1 ? ['node', 'there'] : ['nodes', 'on them'];
  const message = `of the nodes that could carry ${texts} ${subject} ${firstFew(away)} cannot be asked, as what attaches addresses ${there} does not answer; it waits for that, or for another node`;
  return { code: 'WaitingForNodes', message };
}

/** The nodes that could carry some of these addresses, if they answered. */
function awaitedNodes(nodes: NodeTable, pool: Pool, addresses: readonly Address[]): readonly string[] {
  const could = addresses.flatMap((address) =>
    (pool.groupOf(address)?.selection.selected ?? []).filter(
      (node) => nodes.isAwaited(node) && nodes.canHost(node, address),
    ),
  );
  return [...new Set(could)].map((node) => nodes.nameOf(node));
}

/** The same, where all nodes answer, in words. */
function describeShortage(
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
  return describeCrowding({ nodes, partFor }, addresses, count);
}

/** Of addresses that each find a node with room, and not one for each of them at once: how few nodes there are. */
function describeCrowding(
  { nodes, partFor }: { readonly nodes: NodeTable; readonly partFor: (address: Address) => NodePart | undefined },
  addresses: readonly Address[],
  count: number,
): string {
  const isCarrier = new Uint8Array(nodes.nodes.length);
  for (const [part, sharing] of Map.groupBy(addresses, partFor)) {
    const families = [...new Set(sharing.map(familyOf))];
    const withRoom = (part?.candidates ?? []).filter((node) => families.some((family) => nodes.hasRoom(node, family)));
    if (withRoom.length < sharing.length)
      return `${sharing.map(formatAddress).join(', ')} need as many different nodes, and only ${withRoom.length} can carry them now; it waits for another node`;
    for (const node of withRoom) isCarrier[node] = 1;
  }
  const distinct = isCarrier.reduce((sum, is) => sum + is, 0);
  const too = distinct < count ? `only ${distinct} can carry them now` : 'those that can carry them now are too few';
  return `its ${count} addresses need as many different nodes, and ${too}; it waits for another node`;
}
