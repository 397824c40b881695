import type { Address } from '../address/address.ts';
import type { AddressRange } from '../address/address-range.ts';
import type { Cidr } from '../address/cidr.ts';
import type { FindingCode } from '../finding/codes.ts';
import type { Finding, ObjectReference } from '../finding/finding.ts';
import type { NetworkObjects, NodeSnapshot } from '../snapshot/snapshot.ts';
import type { Destinations } from './destinations.ts';
import type { ByNamespace } from './namespace-index.ts';
import type { NetworkTable } from './network-table.ts';

/** What a back end is shown of the cluster. */
export interface NetworkView {
  readonly objects: NetworkObjects;
  /** As its `recognise` told. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly nodes: readonly NodeSnapshot[];
  readonly platform: NetworkPlatform;
  /** A claiming namespace and the addresses it lists; undefined for one that claims nothing. */
  readonly claimantOf: (namespace: string) => Claimant | undefined;
  /**
   * The addresses that our record says of a namespace, whether it claims or not: its annotations, and what it is
   * remembered to give back. It proves nothing by itself, and confirms what carries our name and label.
   */
  readonly recordOf: (namespace: string) => readonly Address[];
  /** How many pods a namespace is reckoned to have that an EgressIPAM of this name serves. */
  readonly podsPerNamespaceOf: (egressIPAM: string) => number;
  /** Addresses that the cloud refused a while ago. */
  readonly refused: readonly string[];
  /** Milliseconds since 1970; undefined where the snapshot has no time. */
  readonly time: number | undefined;
}

/** What is under the nodes, as far as networks care. */
export interface NetworkPlatform {
  /** Whether the platform carries an address only where an interface is told so. */
  readonly isCloud: boolean;
  /** Whether this project tells interfaces. */
  readonly attaches: boolean;
}

/** A namespace that names an EgressIPAM. */
export interface Claimant {
  /** The addresses of its annotation, in order. */
  readonly listed: readonly Address[];
  readonly labels: Readonly<Record<string, string>>;
  /** Those of its EgressIPAM; undefined where there is none, or they cannot be read. */
  readonly destinations: Destinations | undefined;
}

/**
 * How an address is on a node: `shown`, the network's objects say so; `unconfirmed`, a write of unknown outcome may
 * have put it there; `recorded`, it is there no more, and still on our record.
 */
export type HostingState = 'shown' | 'unconfirmed' | 'recorded';

/** One address on one node. */
export interface HostedAddress {
  readonly address: Address;
  readonly node: string;
  /** Whether this project put it there: by our record, or as the object is ours. */
  readonly ours: boolean;
  /** For which namespace, where that is known. */
  readonly namespace: string | undefined;
  readonly state: HostingState;
}

/**
 * Some hosted addresses. A list does; where there are as many as that, they may be made when somebody asks for them.
 */
export type HostedAddresses = Pick<readonly HostedAddress[], 'length' | 'at' | typeof Symbol.iterator>;

/** What one object hosts. The same for as long as the object stays the same. */
export interface HostFacts {
  readonly object: ObjectReference;
  readonly hosted: HostedAddresses;
}

/**
 * What the network sends a namespace's traffic out by, or what an object of ours asks it to. It proves what the
 * namespace has (law 11), so it outlives the nodes that carry the addresses, and their moves (law 2): it never stands
 * on objects of nodes alone.
 */
export interface BindingFacts {
  readonly namespace: string;
  readonly object: ObjectReference;
  /** Whether the object is ours as a whole: all that it binds goes with the claim. */
  readonly ours: boolean;
  /** That it is ours only our record says, which others can write: what is ours for certain comes before it. */
  readonly byRecord?: boolean;
  /** That somebody else is told to have made the object: it may have been restored together with the record. */
  readonly madeByOthers?: boolean;
  readonly addresses: readonly Address[];
  /** The same as canonical text, where the object has it so: who needs texts makes none. */
  readonly texts?: readonly string[] | undefined;
  /** What a write of unknown outcome may have bound. */
  readonly unconfirmed: readonly Address[];
}

/** Addresses that nobody may ever have, and why. */
export interface ReservedRange extends AddressRange {
  /** In words that follow "cannot be given out:", such as `it is the default gateway of node worker-1`. */
  readonly reason: string;
}

/** A network inside the cluster: no packet leaves the cluster with its addresses. */
export interface ClusterNetwork {
  readonly cidr: Cidr;
  /** What it is, such as `the network between the routers`. */
  readonly what: string;
}

/** An address that somebody outside of our care uses, and who, in words. */
export interface AddressUse {
  readonly address: Address;
  /** In words that follow "is in use by", such as `EgressIP shop`. */
  readonly by: string;
}

/** How many egress addresses a node can carry. `Infinity` where there is no limit. */
export interface NodeCapacity {
  readonly ipv4: number;
  readonly ipv6: number;
  /** Both families together. */
  readonly total: number;
}

/** A capacity without limits. */
export const unlimited: NodeCapacity = { ipv4: Infinity, ipv6: Infinity, total: Infinity };

/** What a network says of one node. */
export interface NodeFacts {
  /** Whether the network can use the node at all. */
  readonly usable: boolean;
  /** The subnets it can carry addresses of; absent where the network does not say, and then any. */
  readonly subnets?: readonly Cidr[];
  readonly capacity: NodeCapacity;
  /** Addresses of the node itself that only the network knows. */
  readonly addresses: readonly Address[];
}

/** Why the network cannot serve a namespace. */
export interface NetworkObstacle {
  readonly code: FindingCode;
  readonly message: string;
}

/** What a network's objects say, in the planner's words. */
export interface NetworkFacts {
  readonly hosts: readonly HostFacts[];
  /** Also of namespaces that are gone. */
  readonly bindings: ByNamespace<BindingFacts>;
  readonly reserved: readonly ReservedRange[];
  /**
   * Networks inside the cluster that the network knows of, beside `spec.podCIDRs` of nodes and what OpenShift's
   * `Network` tells.
   */
  readonly clusterNetworks?: readonly ClusterNetwork[];
  /** In use by others, for as long as they use it; a claim that has one keeps it and is told. */
  readonly used: readonly AddressUse[];
  /** What network objects name in any way that the rest does not say: not to be handed out while they do. */
  readonly mentioned: readonly Address[];
  /** Addresses that the network or the cloud refused to put on any node. */
  readonly refused: ReadonlySet<Address>;
  /** Addresses on nodes that take of their capacity, whoever has them. */
  readonly occupied: readonly { readonly address: Address; readonly node: string }[];
  readonly nodeOf: (node: string) => NodeFacts;
  /** Why a namespace cannot be served by the network now, if so. */
  readonly obstacleOf: (namespace: string) => NetworkObstacle | undefined;
  /** While set, nothing new is allocated: why, in words. */
  readonly standstill?: NetworkObstacle;
  /** Tables of the network's own; absent: none that is known. */
  readonly tables?: readonly NetworkTable[];
  /** What is wrong in the network's objects. */
  readonly findings: readonly Finding[];
}
