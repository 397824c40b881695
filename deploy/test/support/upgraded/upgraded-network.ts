import type { KubernetesObject, Resource, ResourceClient, RestClient } from '@egressip-ipam/kube';
import type { CustomResourceDefinition, EnvtestToken, StandIn } from '@egressip-ipam/sandbox';

/** By namespace: `ADDRESS@NODE` of all that its traffic leaves with; nothing where it has none of its addresses. */
export type Traffic = Readonly<Record<string, readonly string[]>>;

/** By namespace: an address of each zone, and the node that has it. */
export type Left = Readonly<Record<string, readonly (readonly [address: string, node: string])[]>>;

/** A node of the cluster. */
export interface UpgradedNode {
  readonly name: string;
  /** The first three octets of the addresses that its zone has. */
  readonly network: string;
  /** Of its own address in that network. */
  readonly octet: number;
}

/** A network on which the upgrade is tried. */
export interface UpgradedNetwork {
  readonly name: string;
  readonly definitions: readonly CustomResourceDefinition[];
  /** As whom the network writes, where that matters. */
  readonly user?: EnvtestToken;
  /** More that its clusters have beside the definitions. */
  readonly policies?: readonly (readonly [path: string, body: KubernetesObject])[];
  /** What it says of a node on that node. */
  nodeAnnotations(node: UpgradedNode): Readonly<Record<string, string>>;
  start(rest: RestClient): Promise<StandIn>;
  /** Writes its objects as they are before the operator is there for the first time; nodes and namespaces exist. */
  leaveBehind(
    client: (resource: Resource) => ResourceClient,
    left: Left,
    nodes: readonly UpgradedNode[],
  ): Promise<void>;
  /** The kinds that decide how traffic leaves. */
  readonly carriers: readonly Resource[];
  /** How the traffic of every namespace leaves, by the objects of each of these kinds. */
  traffic(objectsOf: (resource: Resource) => readonly KubernetesObject[]): Traffic;
}
