import { type ClusterSnapshot, type NodeSnapshot } from '@egressip-ipam/core';
import { compileSelector, entriesOf, withEntries } from '@egressip-ipam/core/plugin';
import { egressKind, type EgressEntry } from '../kinds/egress.ts';
import { externalIPPoolKind, type ExternalIPPoolEntry } from '../kinds/external-ip-pool.ts';
import { hostnameLabel } from '../kinds/names.ts';

/** A node with the label that kubelet sets. */
export function dressed(node: NodeSnapshot): NodeSnapshot {
  return { ...node, labels: { [hostnameLabel]: node.name, ...node.labels } };
}

/**
 * Antrea, at once: a Ready node of the pool has the address; that of an Egress without a pool, whoever holds it, or had
 * it last.
 */
export function antreaAtWork(snapshot: ClusterSnapshot): ClusterSnapshot {
  const { objects } = snapshot.network;
  const pools = new Map(entriesOf(objects, externalIPPoolKind).map((pool) => [pool.name, pool]));
  const egresses = entriesOf(objects, egressKind).map((egress): EgressEntry => {
    const pool = pools.get(egress.externalIPPool);
    const egressNode = pool === undefined ? holderOf(snapshot, egress) : scheduled(snapshot, egress, pool);
    return { ...egress, egressNode, statusIP: egressNode === '' ? '' : egress.egressIP };
  });
  return { ...snapshot, network: { ...snapshot.network, objects: withEntries(objects, egressKind, egresses) } };
}

function scheduled(
  { nodes }: ClusterSnapshot,
  { egressNode }: EgressEntry,
  { nodeSelector }: ExternalIPPoolEntry,
): string {
  const selector = compileSelector(nodeSelector);
  const able = nodes
    .filter(({ ready, labels }) => ready && selector.ok && selector.matches(labels))
    .map(({ name }) => name);
  return able.includes(egressNode) ? egressNode : (able[0] ?? '');
}

function holderOf({ provider }: ClusterSnapshot, { egressIP, egressNode, externalIPPool }: EgressEntry): string {
  if (externalIPPool !== '') return '';
  const holder = (provider.observation?.nodes ?? []).find(
    (node) =>
      !('error' in node) &&
      node.interfaces.some(({ addresses }) => addresses.some(({ address }) => address === egressIP)),
  );
  return holder?.node ?? egressNode;
}
