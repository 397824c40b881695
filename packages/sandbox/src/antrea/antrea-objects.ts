import type { KubernetesObject } from '@egressip-ipam/kube';
import type { LabelSelector } from '../stand-in/label-selector.ts';

/** `spec` of an Egress, as far as it decides. */
export interface EgressSpec {
  readonly appliedTo: { readonly namespaceSelector?: LabelSelector; readonly podSelector?: LabelSelector };
  /** The text as written. */
  readonly egressIP: string;
  readonly externalIPPool: string;
}

/** An entry of an Egress's `status.conditions`. */
export interface EgressCondition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime?: string;
}

/** An Egress as Antrea's parts see it. */
export interface Egress {
  readonly name: string;
  readonly uid: string;
  readonly spec: EgressSpec;
  readonly status: {
    readonly egressNode: string;
    readonly egressIP: string;
    readonly conditions: readonly EgressCondition[];
  };
}

/** An entry of `spec.ipRanges`: either `cidr`, or `start` and `end`. */
export interface IpRange {
  readonly cidr?: string;
  readonly start?: string;
  readonly end?: string;
}

/** `spec` of an ExternalIPPool. */
export interface ExternalIpPoolSpec {
  readonly ipRanges: readonly IpRange[];
  readonly nodeSelector: LabelSelector;
  readonly subnetInfo?: { readonly gateway: string; readonly prefixLength: number; readonly vlan?: number };
}

/** A pod of the cluster. */
export interface AntreaPod {
  readonly uid: string;
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Name of the node that it runs on. */
  readonly node: string;
  readonly hostNetwork?: boolean;
}

// What the API server hands out of these kinds has passed their schemas.
export function readEgress(object: KubernetesObject): Egress {
  const { name, uid = '' } = object.metadata;
  const { status } = object as { status?: Partial<Egress['status']> };
  const { egressNode = '', egressIP = '', conditions = [] } = status ?? {};
  return { name, uid, spec: readEgressSpec(object), status: { egressNode, egressIP, conditions } };
}

export function readEgressSpec(object: object): EgressSpec {
  const { appliedTo = {}, egressIP = '', externalIPPool = '' } = (object as { spec?: Partial<EgressSpec> }).spec ?? {};
  return { appliedTo, egressIP, externalIPPool };
}

export function readExternalIpPool(object: object): ExternalIpPoolSpec {
  const {
    ipRanges = [],
    nodeSelector = {},
    subnetInfo,
  } = (object as { spec?: Partial<ExternalIpPoolSpec> }).spec ?? {};
  return { ipRanges, nodeSelector, ...(subnetInfo && { subnetInfo }) };
}

/** Does Antrea choose the node of an Egress, and put the address there? */
export function isSchedulable({ spec }: Egress): boolean {
  return spec.egressIP !== '' && spec.externalIPPool !== '';
}
