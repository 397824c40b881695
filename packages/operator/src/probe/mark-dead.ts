import type { ClusterSnapshot, NodeSnapshot } from '@egressip-ipam/core';

const dead = new WeakMap<NodeSnapshot, NodeSnapshot>();

/**
 * A snapshot in which some nodes are not ready, whatever the API server says. A node stays the identical object while
 * nothing of it changes.
 */
export function markDead(snapshot: ClusterSnapshot, names: ReadonlySet<string>): ClusterSnapshot {
  if (names.size === 0) return snapshot;
  return {
    ...snapshot,
    nodes: snapshot.nodes.map((node) => (node.ready && names.has(node.name) ? asDead(node) : node)),
  };
}

function asDead(node: NodeSnapshot): NodeSnapshot {
  let marked = dead.get(node);
  if (marked === undefined) dead.set(node, (marked = { ...node, ready: false }));
  return marked;
}
