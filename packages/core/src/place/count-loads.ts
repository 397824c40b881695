import { familyOf } from '../address/address.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { NetworkFacts } from '../network-contract/facts.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import type { NodeTable } from './node-table.ts';

/** Counts what takes of the capacity that the network announces, though no claim has it. */
export function countOccupied(ledger: AddressLedger, nodes: NodeTable, { occupied }: NetworkFacts): void {
  for (const { address, node } of occupied) {
    const index = nodes.indexOf(node);
    if (index !== undefined && !ledger.owner.has(ledger.slotOf(address))) nodes.addLoad(index, familyOf(address), 1);
  }
}

/** What a node's interface can still take: its limits, less its primary addresses and what is not ours. */
export function limitByInterfaces(ledger: AddressLedger, nodes: NodeTable, snapshot: ParsedSnapshot): void {
  if (snapshot.observation === undefined || !snapshot.source.provider.attach) return;
  for (const [name, observed] of snapshot.observation.nodes) {
    const node = nodes.indexOf(name);
    if (node === undefined) continue;
    let foreign4 = observed.primaries.ipv4;
    let foreign6 = observed.primaries.ipv6;
    for (const address of observed.attached) {
      const slot = ledger.slotOf(address);
      if (ledger.owner.has(slot)) continue;
      if (ledger.isLeaving(slot)) nodes.addLoad(node, familyOf(address), 1);
      else if (familyOf(address) === 4) foreign4 += 1;
      else foreign6 += 1;
    }
    const isFull = (snapshot.source.provider.failures ?? []).some(
      ({ change, node: refusing, error }) => change !== 'detach' && refusing === name && error.class === 'capacity',
    );
    if (isFull) {
      const carried = observed.attached.length;
      nodes.limit(node, { ipv4: carried, ipv6: carried, total: carried });
      continue;
    }
    const { ipv4 = Infinity, ipv6 = Infinity, total = Infinity } = observed.limits;
    nodes.limit(node, {
      ipv4: Math.max(0, ipv4 - foreign4),
      ipv6: Math.max(0, ipv6 - foreign6),
      total: Math.max(0, total - foreign4 - foreign6),
    });
  }
}
