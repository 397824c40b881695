import type { Allocation } from '../plan/plan-types.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';

/** Whether a node carries an address of an allocation now, and if not, why not: one sentence. */
export function carrierSentence(snapshot: ClusterSnapshot, allocation: Allocation, address: string): string {
  const name = allocation.nodes[allocation.addresses.indexOf(address)] ?? null;
  if (name === null) return `No node is known to carry ${address}.`;
  const isCarrying = allocation.carried || allocation.carrying?.includes(address) === true;
  if (isCarrying) return `Node ${name} carries ${address}.`;
  const node = snapshot.nodes.find((entry) => entry.name === name);
  if (node === undefined) return `Node ${name} has ${address} and is gone: no traffic leaves by it.`;
  if (!node.ready) return `Node ${name} has ${address} and is not Ready: no traffic leaves by it.`;
  if (allocation.unattached?.includes(address) === true)
    return `Node ${name} is to carry ${address}: what leaves by it is dropped, as no interface is known to have it yet.`;
  return `Node ${name} is to carry ${address}: no traffic leaves by it yet.`;
}
