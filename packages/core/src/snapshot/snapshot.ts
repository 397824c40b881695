import type { ProviderObservation, UsedAddress } from '../provider-contract/observation.ts';
import type { ProviderErrorDescription } from '../provider-contract/provider-error.ts';

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
  /** The team of the namespace, where the EgressIPAM limits teams. */
  readonly team?: string;
}

/** An address that the network or the cloud would not put on any node. */
export interface RefusedAddress {
  readonly address: string;
  /** `Unassignable`: it was tried, and did not work; `InUse`: somebody else turned out to have it. */
  readonly reason: string;
  /** When it was said first, RFC 3339. */
  readonly since: string;
}

/** The most namespaces of one team that an EgressIPAM serves. */
export interface TeamLimitsSnapshot {
  /** The label of namespaces whose value names their team; those without it are one team. */
  readonly teamLabel: string;
  readonly perTeam: number;
  /** Other limits for some teams, by value of the label. */
  readonly teams?: readonly { readonly name: string; readonly maxClaims: number }[];
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
  readonly maxClaims?: TeamLimitsSnapshot;
  /** How many pods a namespace is reckoned to have, where the network has a table with entries for each; absent: 10. */
  readonly podsPerNamespace?: number;
  /** CIDRs: traffic to these alone leaves by the addresses; absent or empty means all. */
  readonly destinationCIDRs?: readonly string[];
  /** CIDRs within these to which traffic leaves as if there were no address. */
  readonly excludedCIDRs?: readonly string[];
  /** Go duration (`10m`, `1h30m`) that a released address waits before another namespace gets it. */
  readonly coolDown?: string;
  /** `status.released`. */
  readonly released?: readonly ReleasedAddresses[];
  /** `status.refusedAddresses`, written by this project: left alone for a while. */
  readonly refused?: readonly RefusedAddress[];
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
  /**
   * Annotation `egressip-ipam-operator.redhat-cop.io/allocated`, raw: what this project wrote last,
   * `EGRESSIPAM/IP1,IP2`.
   */
  readonly allocated?: string;
  /** Addresses that a write in flight, or of unknown outcome, may have put into the annotation. */
  readonly unconfirmed?: readonly string[];
}

/** A node, with the annotations that the network's back end and the provider read, raw. */
export interface NodeSnapshot {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the Ready condition is True (and no faster probe says otherwise). */
  readonly ready: boolean;
  /** Cordoned (`spec.unschedulable`): it keeps what it carries and takes nothing new. */
  readonly unschedulable?: boolean;
  /** Set while the node is being deleted. */
  readonly deletedAt?: string;
  /** Keys of `spec.taints`. */
  readonly taints?: readonly string[];
  /** `status.addresses` that are IP addresses. */
  readonly addresses: readonly string[];
  /** `spec.podCIDRs`. */
  readonly podCIDRs?: readonly string[];
  readonly providerID?: string;
  /** `status.nodeInfo.bootID`: another after each start of the machine. */
  readonly bootID?: string;
  /** Values of the annotations that somebody asked for, by key. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What every entry of a network's objects has. The rest is its back end's own. */
export interface NetworkEntry {
  readonly name: string;
  /** Addresses that a write in flight, or of unknown outcome, may have put here or left here. */
  readonly unconfirmed?: readonly string[];
}

/** A network's objects, slim: by kind, sorted by name. Plain JSON. */
export type NetworkObjects = Readonly<Record<string, readonly NetworkEntry[]>>;

/** What programs the traffic, and what its objects say. */
export interface NetworkSnapshot {
  /** The name of its back end. */
  readonly name: string;
  /** What its back end found out about it when it was recognised, such as fields that the served schema has. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  readonly objects: NetworkObjects;
}

/** What the infrastructure is. */
export interface InfrastructureSnapshot {
  /** `status.platformStatus.type`. */
  readonly platform?: string;
  /** Addresses of the API, of ingress and of the cluster's DNS, never given out. */
  readonly virtualIPs: readonly string[];
}

/** The provider under the nodes, and what it saw. */
export interface ProviderSnapshot {
  readonly name: string;
  /** Whether this project attaches addresses to interfaces (false where the cluster's own controller does). */
  readonly attach: boolean;
  /** Whether the platform carries an address only where an interface is told so, by whoever. */
  readonly cloud: boolean;
  /**
   * How many addresses the platform keeps for itself at the beginning and at the end of each subnet, known without a
   * look.
   */
  readonly keptInSubnets?: { readonly first: number; readonly last: number };
  /** Whether nothing may be allocated before an observation is there (law 6). False when planning from files. */
  readonly observationRequired: boolean;
  readonly observation?: ProviderObservation;
  /** Changes that the provider refused last time, to be said where it matters. */
  readonly failures?: readonly ProviderFailure[];
  /**
   * What interfaces may carry though the observation does not show it: a platform shows late what was done a moment
   * ago.
   */
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
  readonly formatVersion: 2;
  /** The moment of the look, RFC 3339. Needed for cool-down; without it nothing has cooled down. */
  readonly time?: string;
  /** Sources that have not synced yet; while there is one, nothing is allocated (law 6). */
  readonly unsynced?: readonly string[];
  readonly network: NetworkSnapshot;
  readonly infrastructure: InfrastructureSnapshot;
  /** Pod, service and join networks of the cluster, as CIDRs: no packet leaves the cluster with their addresses. */
  readonly clusterNetworks?: readonly string[];
  /** Addresses of Services (external and load balancer addresses), where the operator may read them. */
  readonly serviceAddresses?: readonly UsedAddress[];
  readonly provider: ProviderSnapshot;
  readonly egressIPAMs: readonly EgressIPAMSnapshot[];
  readonly namespaces: readonly NamespaceSnapshot[];
  readonly nodes: readonly NodeSnapshot[];
  /** Addresses that the cloud refused a while ago, so that nobody else is given one in vain. */
  readonly refused?: readonly string[];
  /** The most entries of `status.released` that the API server takes, where its definition of EgressIPAM says so. */
  readonly mostReleases?: number;
  /** Claims whose namespace went away while being watched, not yet in `status.released`. */
  readonly departed?: readonly DepartedClaim[];
  /**
   * A process plans for the first time, and cannot know what proved records while none ran: they come before what
   * owners ask for. Never so again, or whoever forges a record would come before those who wait.
   */
  readonly isFirstLook?: boolean;
}

/** The last words of a namespace that went away. */
export interface DepartedClaim {
  readonly namespace: string;
  readonly egressIPAM: string;
  readonly addresses: readonly string[];
  /** Those of them that a plan before let it keep: whatever showed so may have gone with it. */
  readonly kept?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}
