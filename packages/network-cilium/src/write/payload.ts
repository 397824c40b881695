import type { NetworkStep } from '@egressip-ipam/core';

/** A policy of ours, whole. */
export interface PolicyContent {
  /** The EgressIPAM, for the label. */
  readonly egressIPAM: string;
  readonly namespace: string;
  readonly family: 4 | 6;
  /** CIDRs of the family; none while the policy is but a record. */
  readonly destinationCIDRs: readonly string[];
  readonly excludedCIDRs: readonly string[];
  /** None while the policy is but a record. */
  readonly gateways: readonly { readonly hostname: string; readonly egressIP: string }[];
  /** `NODE=BOOTID,…`; empty for none. */
  readonly boots: string;
  /** `2`, or `2?` while a node lacks an address; empty where none ever did. */
  readonly looks: string;
  /** Comma-separated; empty for none. */
  readonly reserve: string;
  /** For the annotation `adopted`; absent where nothing is to be said there. */
  readonly adopted?: string;
}

/** What a step of this back end writes. */
export type PolicyPayload =
  | {
      readonly write: 'apply';
      readonly policy: PolicyContent;
      /** Labels by which the policy that is there selects its gateway, and ours does not; absent: there is none. */
      readonly strays?: readonly string[];
    }
  | { readonly write: 'delete' };

/** What a step writes. */
export function payloadOf({ payload }: NetworkStep): PolicyPayload {
  // The steps that come here are those that `render` made.
  return payload as PolicyPayload;
}
