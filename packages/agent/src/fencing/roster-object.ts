import { asRecord } from '@egressip-ipam/core/values';
import type { KubernetesObject } from '@egressip-ipam/kube';
import { parseRoster, type Roster } from './roster.ts';

/** The ConfigMap that holds the roster, in the operator's namespace. */
export const rosterName = 'egressip-ipam-agents';
/** The key of its JSON text. */
export const rosterKey = 'roster';

/** Reads the roster in its ConfigMap; undefined when there is none. */
export function readRosterObject(object: KubernetesObject): Roster | undefined {
  const text = asRecord(object['data'])[rosterKey];
  return typeof text === 'string' ? parseRoster(text) : undefined;
}
