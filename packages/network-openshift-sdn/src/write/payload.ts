import type { NetworkStep } from '@egressip-ipam/core';

/** What is written to a HostSubnet; each write says the whole of what it shall be. */
export interface HostPayload {
  readonly write: 'host';
  /** The whole new `egressIPs`. Absent: stays. */
  readonly egressIPs?: readonly string[];
  /** The whole new `egressCIDRs`. Absent: stays. */
  readonly egressCIDRs?: readonly string[];
  /** The new record of addresses; `null` removes it. */
  readonly hostedIPs: string | null;
  /** The new record of CIDRs; `null` removes it. */
  readonly hostedCIDRs: string | null;
}

/** What is written to a NetNamespace. */
export interface BindPayload {
  readonly write: 'bind';
  /** The whole new list; empty unbinds. */
  readonly egressIPs: readonly string[];
}

/** What a step of this back end writes. */
export function payloadOf({ payload }: NetworkStep): HostPayload | BindPayload {
  // The steps that come here are those that `render` made.
  return payload as HostPayload | BindPayload;
}
