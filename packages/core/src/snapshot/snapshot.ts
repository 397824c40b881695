import type { ProviderObservation } from '../provider/contract.ts';
import type { ProviderErrorDescription } from '../provider/provider-error.ts';

/** A Kubernetes label selector, as in `metav1.LabelSelector`. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

/** One requirement of a label selector. `operator` is kept as text: an unknown one is a finding, not a crash. */
export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** One entry of `spec.cidrAssignments`. */
export interface CidrAssignmentSnapshot {
  readonly CIDR: string;
  readonly labelValue: string;
  /** Addresses, CIDRs or `first-last` ranges that are never given out. */
  readonly reservedIPs?: readonly string[];
  /** Keep what is allocated, give out nothing new. */
  readonly drain?: boolean;
}

/** Addresses that a namespace had, remembered so that they cool down and can return to it. */
export interface ReleasedAddresses {
  readonly namespace: string;
  readonly addresses: readonly string[];
  /** RFC 3339. */
  readonly releasedAt: string;
}

/** A pool object. */
export interface EgressIPAMSnapshot {
  readonly name: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly generation?: number;
  /** Set while the object waits for its finalizers. */
  readonly deletedAt?: string;
  readonly finalizers?: readonly string[];
  readonly topologyLabel: string;
  readonly nodeSelector?: LabelSelector;
  /** Which namespaces may claim; absent means all. */
  readonly namespaceSelector?: LabelSelector;
  readonly cidrAssignments: readonly CidrAssignmentSnapshot[];
  /** Go duration (`10m`, `1h30m`) that a released address waits before another namespace gets it. */
  readonly coolDown?: string;
  /** `status.released`. */
  readonly released?: readonly ReleasedAddresses[];
}

/** A namespace, claiming or not. */
export interface NamespaceSnapshot {
  readonly name: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Set while the namespace terminates. */
  readonly deletedAt?: string;
  /** Annotation `egressip-ipam-operator.redhat-cop.io/egressipam`, raw. */
  readonly egressIPAM?: string;
  /** Annotation `egressip-ipam-operator.redhat-cop.io/egressips`, raw. */
  readonly egressIPs?: string;
  /** Annotation `egressip-ipam-operator.redhat-cop.io/allocated`, raw: what this project wrote last, `EGRESSIPAM/IP1,IP2`. */
  readonly allocated?: string;
  /** Addresses that a write in flight, or of unknown outcome, may have put into the annotation. */
  readonly unconfirmed?: readonly string[];
}

/** A node, with the annotations that networks write, raw. */
export interface NodeSnapshot {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the Ready condition is True (and no faster probe says otherwise). */
  readonly ready: boolean;
  /** `status.addresses` that are IP addresses. */
  readonly addresses: readonly string[];
  readonly providerID?: string;
  /** `status.nodeInfo.bootID`: another after each start of the machine. */
  readonly bootID?: string;
  /** Annotation `cloud.network.openshift.io/egress-ipconfig`. */
  readonly egressIPConfig?: string;
  /** Annotation `k8s.ovn.org/node-primary-ifaddr`. */
  readonly primaryInterfaceAddress?: string;
  /** Annotation `k8s.ovn.org/host-cidrs`. */
  readonly hostCIDRs?: string;
  /** Annotation `egressip-ipam-operator.redhat-cop.io/egress-assignable`: present where this project set the label. */
  readonly labelledByUs?: boolean;
}

/** OpenShift SDN's object per node. */
export interface HostSubnetSnapshot {
  /** Object name, which is the node's name. */
  readonly name: string;
  readonly hostIP: string;
  readonly egressIPs: readonly string[];
  readonly egressCIDRs: readonly string[];
  /** Annotation `egressip-ipam-operator.redhat-cop.io/hosted-ips`, raw: `IP=NAMESPACE,…`, what this project put there. */
  readonly hostedIPs?: string;
  /** Annotation `egressip-ipam-operator.redhat-cop.io/hosted-cidrs`, raw: `CIDR,…`, what this project put there. */
  readonly hostedCIDRs?: string;
  /** Addresses that a write in flight, or of unknown outcome, may have put here or left here. */
  readonly unconfirmed?: readonly string[];
}

/** OpenShift SDN's object per namespace. */
export interface NetNamespaceSnapshot {
  /** Object name, which is the namespace's name. */
  readonly name: string;
  readonly egressIPs: readonly string[];
  /** Addresses that a write in flight, or of unknown outcome, may have put here or left here. */
  readonly unconfirmed?: readonly string[];
}

/** OVN-Kubernetes' object. */
export interface EgressIPSnapshot {
  readonly name: string;
  readonly createdAt: string;
  readonly deletedAt?: string;
  /** When this project changed it last, where its managed fields tell. RFC 3339. */
  readonly appliedAt?: string;
  /** Whether it carries this project's ownership label. */
  readonly ours: boolean;
  readonly egressIPs: readonly string[];
  readonly namespaceSelector: LabelSelector;
  readonly podSelector?: LabelSelector;
  readonly egressNodeSelector?: LabelSelector;
  /** `status.items`. */
  readonly assigned: readonly { readonly node: string; readonly egressIP: string }[];
  /** Addresses that a write in flight, or of unknown outcome, may have put here or left here. */
  readonly unconfirmed?: readonly string[];
}

/** The cloud network config controller's object; its name is the address. */
export interface CloudPrivateIPConfigSnapshot {
  /** IPv4 text, or eight groups of four hexadecimal digits with dots between (IPv6). */
  readonly name: string;
  /** RFC 3339. */
  readonly createdAt?: string;
  readonly deletedAt?: string;
  /** Counts the changes of its spec, which is its node. */
  readonly generation?: number;
  readonly specNode?: string;
  readonly statusNode?: string;
  /** Status of the `Assigned` condition. */
  readonly assigned?: string;
  /** Reason of the `Assigned` condition, such as `CloudResponseError`. */
  readonly reason?: string;
  readonly message?: string;
}

/** What programs the traffic. */
export type NetworkSnapshot =
  | { readonly kind: 'openshift-sdn' }
  | {
      readonly kind: 'ovn-kubernetes';
      /** Whether the served EgressIP schema has `spec.egressNodeSelector`. */
      readonly egressNodeSelector?: boolean;
    };

/** What the infrastructure is. */
export interface InfrastructureSnapshot {
  /** `status.platformStatus.type`. */
  readonly platform?: string;
  /** `status.platformStatus.aws.region`. */
  readonly region?: string;
  /** API and ingress addresses, never given out. */
  readonly virtualIPs: readonly string[];
}

/** The provider under the nodes, and what it saw. */
export interface ProviderSnapshot {
  readonly name: string;
  /** Whether this project attaches addresses to interfaces (false where the cluster's own cloud-network-config-controller does). */
  readonly attach: boolean;
  readonly atomicMove?: boolean;
  /** Whether the platform is a cloud, where OpenShift SDN needs explicit addresses. */
  readonly cloud: boolean;
  /** Whether nothing may be allocated before an observation is there (law 6). False when planning from files. */
  readonly observationRequired: boolean;
  readonly observation?: ProviderObservation;
  /** Changes that the provider refused last time, to be said where it matters. */
  readonly failures?: readonly ProviderFailure[];
  /** What interfaces may carry though the observation does not show it: a platform shows late what was done a moment ago. */
  readonly doubted?: readonly DoubtedAttachment[];
}

/** An address that a node's main interface may carry. */
export interface DoubtedAttachment {
  readonly node: string;
  readonly address: string;
}

/** A change of one address that a provider could not make. */
export interface ProviderFailure {
  readonly change: 'attach' | 'detach' | 'move';
  readonly address: string;
  readonly node: string;
  readonly error: ProviderErrorDescription;
}

/**
 * Everything a plan is made from: plain JSON, addresses and annotation values as
 * the text that Kubernetes gives, so that it can be saved, sent, diffed and
 * replayed. Lists are sorted by name; a list that is not is sorted on entry.
 */
export interface ClusterSnapshot {
  readonly formatVersion: 1;
  /** The moment of the look, RFC 3339. Needed for cool-down; without it nothing has cooled down. */
  readonly time?: string;
  /** Sources that have not synced yet; while there is one, nothing is allocated (law 6). */
  readonly unsynced?: readonly string[];
  readonly network: NetworkSnapshot;
  readonly infrastructure: InfrastructureSnapshot;
  readonly provider: ProviderSnapshot;
  readonly egressIPAMs: readonly EgressIPAMSnapshot[];
  readonly namespaces: readonly NamespaceSnapshot[];
  readonly nodes: readonly NodeSnapshot[];
  readonly hostSubnets: readonly HostSubnetSnapshot[];
  readonly netNamespaces: readonly NetNamespaceSnapshot[];
  readonly egressIPs: readonly EgressIPSnapshot[];
  readonly cloudPrivateIPConfigs: readonly CloudPrivateIPConfigSnapshot[];
  /** Addresses that the cloud refused a while ago, so that nobody else is given one in vain. */
  readonly refused?: readonly string[];
  /** Claims whose namespace went away while being watched, not yet in `status.released`. */
  readonly departed?: readonly DepartedClaim[];
}

/** The last words of a namespace that went away. */
export interface DepartedClaim {
  readonly namespace: string;
  readonly egressIPAM: string;
  readonly addresses: readonly string[];
}
