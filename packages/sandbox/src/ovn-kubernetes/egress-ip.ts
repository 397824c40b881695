import type { KubernetesObject } from '@egressip-ipam/kube';
import type { EgressIpItem } from './allocator.ts';

/** An EgressIP as the cluster manager reads it. */
export interface EgressIp {
  readonly name: string;
  /** As written in `spec`. */
  readonly addresses: readonly string[];
  /** As written in `status`. */
  readonly items: readonly EgressIpItem[];
  readonly object: KubernetesObject;
}

interface EgressIpObject {
  readonly spec?: { readonly egressIPs?: readonly string[] };
  readonly status?: { readonly items?: readonly EgressIpItem[] };
}

/** Reads an EgressIP that the API server has checked against its schema. */
export function readEgressIp(object: KubernetesObject & EgressIpObject): EgressIp {
  return {
    name: object.metadata.name,
    addresses: object.spec?.egressIPs ?? [],
    items: object.status?.items ?? [],
    object,
  };
}
