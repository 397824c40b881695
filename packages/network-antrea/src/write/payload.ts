import type { LabelSelector, NetworkStep } from '@egressip-ipam/core';
import type { IPRange } from '../kinds/external-ip-pool.ts';

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
}

/** An ExternalIPPool of ours, whole. */
export interface PoolContent {
  readonly egressIPAM: string;
  readonly ipRanges: readonly IPRange[];
  readonly nodeSelector: LabelSelector;
}

/** What a step of this back end writes; the object's kind and name are the step's. */
export type AntreaPayload =
  | { readonly write: 'egress'; readonly egress: EgressContent }
  | { readonly write: 'pool'; readonly pool: PoolContent }
  | { readonly write: 'delete' };

/** What a step writes. */
export function payloadOf({ payload }: NetworkStep): AntreaPayload {
  // The steps that come here are those that `render` made.
  return payload as AntreaPayload;
}
