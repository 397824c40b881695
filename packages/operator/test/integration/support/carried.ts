import { asRecord } from '@egressip-ipam/core/plugin';
import type { KubernetesObject } from '@egressip-ipam/kube';

const prefix = 'egressip-ipam-operator.redhat-cop.io';

/** How the claims of an EgressIPAM are, as the objects show it. */
export interface Carried {
  /** Namespaces that claim from it and have addresses on record, though from another one perhaps. */
  readonly claims: number;
  /** Those of them whose traffic is bound to all that is on record, each address on a node that is Ready. */
  readonly carried: number;
}

type Objects = ReadonlyMap<string, KubernetesObject>;

/** The nodes that a namespace's traffic leaves by with an address, as the network's objects have it. */
export type Carriers = (namespace: string, address: string) => readonly string[];

/** Counts by EgressIPAM, from objects alone. */
export function countCarried(
  state: { readonly Namespace: Objects; readonly Node: Objects },
  carriersOf: Carriers,
): ReadonlyMap<string, Carried> {
  const ready = new Set([...state.Node].flatMap(([name, node]) => (isReady(node) ? [name] : [])));
  const counts = new Map<string, Carried>();
  for (const [name, { metadata }] of state.Namespace) {
    const record = metadata.annotations?.[`${prefix}/allocated`];
    const pool = metadata.annotations?.[`${prefix}/egressipam`];
    if (record === undefined || pool === undefined) continue;
    const isCarried = record
      .slice(record.indexOf('/') + 1)
      .split(',')
      .every((address) => carriersOf(name, address).some((node) => ready.has(node)));
    const { claims, carried } = counts.get(pool) ?? { claims: 0, carried: 0 };
    counts.set(pool, { claims: claims + 1, carried: carried + Number(isCarried) });
  }
  return counts;
}

/**
 * What a newly written status of an EgressIPAM claims and no moment shows.
 *
 * @param moments how its claims were, in all moments that it may speak of
 */
export function saysOfCarried(
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
  moments: readonly Carried[],
): readonly string[] {
  const [was, is] = [asRecord(before?.['status']), asRecord(after?.['status'])];
  // Another part of the status is written by itself, such as what was released.
  const said = (status: typeof is): string =>
    JSON.stringify([status['carried'], status['conditions'], status['summary']]);
  if (after === undefined || said(was) === said(is)) return [];
  const most = Math.max(...moments.map(({ carried }) => carried));
  const isAnyWhole = moments.some(({ claims, carried }) => claims === carried);
  const wrong: string[] = [];
  if (typeof is['carried'] === 'number' && is['carried'] > most)
    wrong.push(`carried is ${is['carried']}, and ${most} are`);
  for (const type of ['Ready', 'Assigned'])
    if (!isAnyWhole && conditionOf(is, type) === 'True') wrong.push(`${type} is True, and not all are carried`);
  if (!isAnyWhole && conditionOf(is, 'Degraded') === 'False') wrong.push('Degraded is False, and not all are carried');
  return wrong;
}

/** A condition of a status. */
export function conditionOf(status: Readonly<Record<string, unknown>>, type: string): unknown {
  const conditions = Array.isArray(status['conditions']) ? status['conditions'].map(asRecord) : [];
  return conditions.find((condition) => condition['type'] === type)?.['status'];
}

function isReady(node: KubernetesObject): boolean {
  return conditionOf(asRecord(node['status']), 'Ready') === 'True';
}
