import { type Address, type ClusterNetwork } from '@egressip-ipam/core';
import { parseAddresses, parseCidrs } from '@egressip-ipam/core/plugin';
import type { CiliumNodeEntry } from '../kinds/cilium-node.ts';

/** What a CiliumNode says, in the planner's words. */
export interface ParsedCiliumNode {
  readonly name: string;
  /** As in {@link CiliumNodeEntry}. */
  readonly hostname: string | undefined;
  readonly podNetworks: readonly ClusterNetwork[];
  readonly addresses: readonly Address[];
}

/** Parses what an agent tells of its node; what is no address or CIDR is passed over. */
export function parseCiliumNode({ name, hostname, podCIDRs, addresses }: CiliumNodeEntry): ParsedCiliumNode {
  return {
    name,
    hostname,
    podNetworks: parseCidrs(podCIDRs).map((cidr) => ({ cidr, what: `the pods of node ${name}` })),
    addresses: parseAddresses(addresses),
  };
}
