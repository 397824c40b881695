import type { KubernetesObject } from '@egressip-ipam/kube';

/** The fields of a HostSubnet that egress IPs are about. */
export interface HostSubnet {
  /** Of the node. */
  readonly name: string;
  readonly hostIP: string;
  readonly egressIPs: readonly string[];
  /** When not empty, the SDN master owns `egressIPs`. */
  readonly egressCIDRs: readonly string[];
}

/** The fields of a NetNamespace that egress IPs are about. */
export interface NetNamespace {
  /** Of the namespace. */
  readonly name: string;
  readonly egressIPs: readonly string[];
}

type HostSubnetObject = KubernetesObject & {
  readonly hostIP?: string;
  readonly egressIPs?: readonly string[];
  readonly egressCIDRs?: readonly string[];
};
type NetNamespaceObject = KubernetesObject & { readonly egressIPs?: readonly string[] };

/** Reads a HostSubnet that the API server has checked against its schema. */
export function readHostSubnet({ metadata, hostIP = '', egressIPs, egressCIDRs }: HostSubnetObject): HostSubnet {
  return { name: metadata.name, hostIP, egressIPs: egressIPs ?? [], egressCIDRs: egressCIDRs ?? [] };
}

/** Reads a NetNamespace that the API server has checked against its schema. */
export function readNetNamespace({ metadata, egressIPs }: NetNamespaceObject): NetNamespace {
  return { name: metadata.name, egressIPs: egressIPs ?? [] };
}

/** Groups names by the addresses that they claim, each name once. */
export function claimsOf(
  objects: readonly { readonly name: string; readonly egressIPs: readonly string[] }[],
): Map<string, string[]> {
  const claims = new Map<string, string[]>();
  for (const { name, egressIPs } of objects) {
    for (const address of new Set(egressIPs)) {
      const names = claims.get(address);
      if (names) names.push(name);
      else claims.set(address, [name]);
    }
  }
  return claims;
}
