import type { Labels } from '../stand-in/label-selector.ts';

/** A pod of the cluster, as its CiliumEndpoint tells of it. */
export interface CiliumPod {
  /** Of the CiliumEndpoint: decides the gateway where a policy has several. */
  readonly uid: string;
  readonly namespace: string;
  readonly labels?: Labels;
  /** Name of the node that it runs on. */
  readonly node: string;
  /** Canonical; one per family. */
  readonly addresses: readonly string[];
  /** One on the host network has no endpoint: no policy ever matches it. */
  readonly hostNetwork?: boolean;
}

/** A CiliumNode: what the node's own agent copied of its Node last. */
export interface CiliumNode {
  readonly name: string;
  readonly labels: Labels;
  /** Annotations under `cilium.io/`; any change of them makes all agents look. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The node's own addresses, canonical; one per family. */
  readonly addresses: readonly string[];
}

/** The node's own address of a family. */
export function ownAddress({ addresses }: CiliumNode, isVersion6: boolean): string | undefined {
  return addresses.find((address) => address.includes(':') === isVersion6);
}
