import { annotationPrefix } from '@egressip-ipam/core';

/** On a HostSubnet: the addresses that this project put there, `IP=NAMESPACE,…`. */
export const hostedIPsAnnotation = `${annotationPrefix}/hosted-ips`;

/** On a HostSubnet: the CIDRs that this project put there, comma-separated. */
export const hostedCIDRsAnnotation = `${annotationPrefix}/hosted-cidrs`;
