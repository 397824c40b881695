import {
  entriesOf,
  fieldManager,
  ownershipLabel,
  withEntries,
  type KubernetesWrite,
  type NetworkEntry,
  type NetworkStep,
  type SimulatedNetwork,
} from '@egressip-ipam/core';
import { appliedTo } from '../facts/parse-egress.ts';
import { egressKind, type EgressEntry } from '../kinds/egress.ts';
import { externalIPPoolKind } from '../kinds/external-ip-pool.ts';
import { namespaceLabel, nodeAnnotation } from '../kinds/names.ts';
import { payloadOf, type EgressContent, type PoolContent } from './payload.ts';

/**
 * The Kubernetes write of a step. Antrea's webhook refuses an Egress whose pool it has not seen yet: it is tried again.
 */
export function write(step: NetworkStep): KubernetesWrite {
  const payload = payloadOf(step);
  const { kind, name } = step.object;
  const { resource } = kind === 'Egress' ? egressKind : externalIPPoolKind;
  if (payload.write === 'delete') return { verb: 'delete', resource, name };
  const object = payload.write === 'egress' ? egressObject(name, payload.egress) : poolObject(name, payload.pool);
  return { verb: 'apply', resource, name, object, fieldManager };
}

function egressObject(
  name: string,
  { egressIPAM, namespace, egressIP, pool, node, active }: EgressContent,
): Readonly<Record<string, unknown>> {
  return {
    metadata: {
      name,
      labels: { [ownershipLabel]: egressIPAM, [namespaceLabel]: namespace },
      ...(node === '' ? {} : { annotations: { [nodeAnnotation]: node } }),
    },
    spec: { appliedTo: appliedTo(namespace, active), egressIP, ...(pool === '' ? {} : { externalIPPool: pool }) },
  };
}

function poolObject(
  name: string,
  { egressIPAM, ipRanges, nodeSelector }: PoolContent,
): Readonly<Record<string, unknown>> {
  return { metadata: { name, labels: { [ownershipLabel]: egressIPAM } }, spec: { ipRanges, nodeSelector } };
}

/** What a step makes of the cluster; what Antrea then does is its own. */
export function simulate({ objects, nodes }: SimulatedNetwork, step: NetworkStep): SimulatedNetwork {
  const payload = payloadOf(step);
  const { name } = step.object;
  const kind = step.object.kind === 'Egress' ? egressKind : externalIPPoolKind;
  const before = entriesOf(objects, egressKind).find((entry) => entry.name === name);
  const others: readonly NetworkEntry[] = entriesOf<NetworkEntry>(objects, kind).filter((entry) => entry.name !== name);
  const added =
    payload.write === 'delete'
      ? []
      : [payload.write === 'egress' ? egressEntry(name, payload.egress, before) : { name, ...payload.pool }];
  const entries = [...others, ...added].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { objects: withEntries<NetworkEntry>(objects, kind, entries), nodes };
}

function egressEntry(
  name: string,
  { egressIPAM, namespace, egressIP, pool, node, active }: EgressContent,
  before: EgressEntry | undefined,
): EgressEntry {
  return {
    name,
    egressIPAM,
    namespace,
    ...(node === '' ? {} : { placedOn: node }),
    ...appliedTo(namespace, active),
    egressIP,
    externalIPPool: pool,
    egressNode: before?.egressNode ?? '',
    statusIP: before?.statusIP ?? '',
  };
}

/** What an Egress of ours says; undefined where somebody has changed its form. */
export function contentOf(entry: EgressEntry, active: boolean): EgressContent | undefined {
  const {
    namespaceSelector,
    podSelector,
    namespace = '',
    egressIPAM = '',
    placedOn = '',
    egressIP,
    externalIPPool,
  } = entry;
  const selection = appliedTo(namespace, active);
  const isOwnForm =
    JSON.stringify([namespaceSelector, podSelector]) ===
    JSON.stringify([selection.namespaceSelector, selection.podSelector]);
  return isOwnForm ? { egressIPAM, namespace, egressIP, pool: externalIPPool, node: placedOn, active } : undefined;
}
