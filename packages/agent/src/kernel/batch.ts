import type { KernelChange } from './reconcile.ts';

/**
 * The lines that `ip -force -batch -` takes. IPv4 goes with `scope host`, which keeps the node from using the address
 * for traffic of its own; IPv6 with `preferred_lft 0`, which does the same there, and without the kernel's own look for
 * duplicates, as that has been done. The lifetime is the fence: without the agent the kernel takes the address away.
 */
export function batchOf(changes: readonly KernelChange[]): string {
  return changes.map((change) => `${lineOf(change)}\n`).join('');
}

function lineOf(change: KernelChange): string {
  const isVersion6 = change.address.includes(':');
  const target = `${change.address}/${isVersion6 ? 128 : 32} dev ${change.interface}`;
  if (change.type === 'remove') return `address del ${target}`;
  const { lifetimeSeconds } = change;
  return isVersion6
    ? `address replace ${target} nodad valid_lft ${lifetimeSeconds} preferred_lft 0`
    : `address replace ${target} scope host valid_lft ${lifetimeSeconds} preferred_lft ${lifetimeSeconds}`;
}
