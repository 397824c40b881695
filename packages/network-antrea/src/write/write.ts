import {
  adoptedAnnotation,
  fieldManager,
  ownershipLabel,
  type KubernetesWrite,
  type LabelSelector,
  type NetworkStep,
  type SimulatedNetwork,
} from '@egressip-ipam/core';
import { entriesOf, makerAfter, withEntries, withEntry } from '@egressip-ipam/core/plugin';
import { appliedTo } from '../facts/parse-egress.ts';
import { egressKind, type EgressEntry } from '../kinds/egress.ts';
import { externalIPPoolKind } from '../kinds/external-ip-pool.ts';
import { namespaceLabel, nodeAnnotation } from '../kinds/names.ts';
import { payloadOf, type EgressContent, type PoolContent } from './payload.ts';

/**
 * The Kubernetes write of a step. Antrea's webhook refuses an Egress whose pool it has not seen yet: it is tried again.
 * An object that is there is patched, as an apply takes nothing away that others have put there, such as a selector
 * that narrows an Egress down.
 */
export function write(step: NetworkStep): KubernetesWrite {
  const payload = payloadOf(step);
  const { kind, name } = step.object;
  const { resource } = kind === 'Egress' ? egressKind : externalIPPoolKind;
  if (payload.write === 'delete') return { verb: 'delete', resource, name };
  const { strays } = payload;
  const patch = payload.write === 'egress' ? egressPatch(payload.egress, strays) : poolPatch(payload.pool, strays);
  if (strays !== undefined) return { verb: 'patch', resource, name, body: patch, conditional: false };
  return {
    verb: 'apply',
    resource,
    name,
    object: withoutNulls({ ...patch, metadata: { name, ...patch.metadata } }),
    fieldManager,
  };
}

type MergePatch = Readonly<Record<'metadata' | 'spec', Readonly<Record<string, unknown>>>>;

function egressPatch(
  { egressIPAM, namespace, egressIP, pool, node, active, adopted }: EgressContent,
  strays: readonly string[] | undefined,
): MergePatch {
  const { namespaceSelector, podSelector } = appliedTo(namespace, active);
  return {
    metadata: {
      labels: { [ownershipLabel]: egressIPAM, [namespaceLabel]: namespace },
      annotations: {
        [nodeAnnotation]: node === '' ? null : node,
        ...(adopted === undefined ? {} : { [adoptedAnnotation]: adopted }),
      },
    },
    spec: {
      appliedTo: { namespaceSelector: only(namespaceSelector, strays), podSelector: only(podSelector, strays) },
      egressIP,
      externalIPPool: pool === '' ? null : pool,
    },
  };
}

function poolPatch(
  { egressIPAM, ipRanges, nodeSelector }: PoolContent,
  strays: readonly string[] | undefined,
): MergePatch {
  return {
    metadata: { labels: { [ownershipLabel]: egressIPAM } },
    spec: { ipRanges, nodeSelector: only(nodeSelector, strays) },
  };
}

/** A selector, with everything taken away that it does not have. */
function only(selector: LabelSelector | undefined, strays: readonly string[] = []): unknown {
  if (selector === undefined) return null;
  const { matchLabels, matchExpressions = null } = selector;
  const nulls = Object.fromEntries(strays.map((label) => [label, null]));
  return { matchLabels: matchLabels === undefined ? null : { ...nulls, ...matchLabels }, matchExpressions };
}

function withoutNulls(object: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]: readonly [string, unknown]) =>
      value === null
        ? []
        : [[key, typeof value === 'object' && !Array.isArray(value) ? withoutNulls(value ?? {}) : value]],
    ),
  );
}

/** What a step makes of the cluster; what Antrea then does is its own. */
export function simulate({ objects, nodes }: SimulatedNetwork, step: NetworkStep): SimulatedNetwork {
  const payload = payloadOf(step);
  const { name } = step.object;
  if (step.object.kind === 'Egress') {
    const egresses = withEntry(entriesOf(objects, egressKind), name, (entry) =>
      payload.write === 'egress' ? egressEntry(name, payload.egress, entry) : undefined,
    );
    return { objects: withEntries(objects, egressKind, egresses), nodes };
  }
  const pools = withEntry(entriesOf(objects, externalIPPoolKind), name, () =>
    payload.write === 'pool' ? { name, applied: true, ...payload.pool } : undefined,
  );
  return { objects: withEntries(objects, externalIPPoolKind, pools), nodes };
}

function egressEntry(
  name: string,
  { egressIPAM, namespace, egressIP, pool, node, active, adopted }: EgressContent,
  before: EgressEntry | undefined,
): EgressEntry {
  return {
    name,
    egressIPAM,
    ...makerAfter(before, adopted),
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
