import type { LabelSelector, NetworkStep } from '@egressip-ipam/core';
import type { IPRange } from '../kinds/ip-range.ts';

/** An Egress of ours, whole. */
export interface EgressContent {
  readonly egressIPAM: string;
  readonly namespace: string;
  readonly egressIP: string;
  /** Empty where we place. */
  readonly pool: string;
  /** The node that we chose; empty where the network chooses. */
  readonly node: string;
  readonly active: boolean;
  /** For the annotation `adopted`; absent where nothing is to be said there. */
  readonly adopted?: string;
}

/** An ExternalIPPool of ours, whole. */
export interface PoolContent {
  readonly egressIPAM: string;
  readonly ipRanges: readonly IPRange[];
  readonly nodeSelector: LabelSelector;
}

/** What a step of this back end writes; the object's kind and name are the step's. */
export type AntreaPayload =
  | ({ readonly write: 'egress'; readonly egress: EgressContent } & Replacing)
  | ({ readonly write: 'pool'; readonly pool: PoolContent } & Replacing)
  | { readonly write: 'delete' };

/** Whether a write makes an object, or another of one that is there. */
export interface Replacing {
  /** Labels by which the object that is there selects, and ours do not; absent where none is there. */
  readonly strays?: readonly string[];
}

/** What a write finds, of which people may have changed anything: how it selects now, and how it shall. */
export function replacing(
  present: readonly (LabelSelector | undefined)[],
  wanted: readonly LabelSelector[],
): Replacing {
  const known = new Set(wanted.flatMap(({ matchLabels = {} }) => Object.keys(matchLabels)));
  const labels = present.flatMap((selector) => Object.keys(selector?.matchLabels ?? {}));
  return { strays: labels.filter((label) => !known.has(label)) };
}

/** What a step writes. */
export function payloadOf({ payload }: NetworkStep): AntreaPayload {
  // The steps that come here are those that `render` made.
  return payload as AntreaPayload;
}
