import type { LabelSelector, NetworkStep } from '@egressip-ipam/core';

/** An EgressIP is applied: what of it is ours. */
export interface ApplyPayload {
  readonly write: 'apply';
  readonly namespace: string;
  readonly egressIPAM: string;
  readonly egressIPs: readonly string[];
  readonly egressNodeSelector?: LabelSelector;
  /** Someone narrowed it to some pods: what this project has never applied only goes when it is applied empty. */
  readonly clearsPodSelector?: true;
}

/** What a step of this back end writes. */
export type Payload =
  | ApplyPayload
  | { readonly write: 'delete' }
  /** The network is made to look at an EgressIP again. */
  | { readonly write: 'touch'; readonly touched: string }
  /** The label that makes a node one for egress addresses is set, or taken away. */
  | { readonly write: 'label'; readonly present: boolean };

/** What a step of this back end writes. */
export function payloadOf({ payload }: NetworkStep): Payload {
  // The steps that come here are those that `render` made.
  return payload as Payload;
}
