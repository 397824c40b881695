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

/** Labels of a node are set, or taken away; what is absent stays as it is. */
export interface LabelPayload {
  readonly write: 'label';
  /** The label that makes a node one for egress addresses. */
  readonly assignable?: boolean;
  /** The label by which EgressIPs of an EgressIPAM select its nodes. */
  readonly egressIPAM?: string | null;
}

/** What a step of this back end writes. */
export type Payload =
  | ApplyPayload
  | { readonly write: 'delete' }
  /** The network is made to look at an EgressIP again. */
  | { readonly write: 'touch'; readonly touched: string }
  | LabelPayload;

/** What a step of this back end writes. */
export function payloadOf({ payload }: NetworkStep): Payload {
  // The steps that come here are those that `render` made.
  return payload as Payload;
}
