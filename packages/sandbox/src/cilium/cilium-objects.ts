import type { KubernetesObject } from '@egressip-ipam/kube';
import { internalAddresses } from '../stand-in/node.ts';
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

/** What an agent copies of its Node. */
export function copyOf(node: KubernetesObject): CiliumNode {
  const { name, labels = {}, annotations = {} } = node.metadata;
  const copied = Object.entries(annotations).filter(([key]) => /^([A-Za-z0-9]+\.)*cilium\.io\//.test(key));
  return { name, labels, addresses: internalAddresses(node), annotations: Object.fromEntries(copied) };
}

/** A CiliumNode as the API server has it. */
export function readCiliumNode(object: KubernetesObject & CiliumNodeSpec): CiliumNode {
  const { name, labels = {}, annotations = {} } = object.metadata;
  const addresses = (object.spec?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ ip }) => ip);
  return { name, labels, annotations, addresses };
}

interface CiliumNodeSpec {
  readonly spec?: { readonly addresses?: readonly { readonly type: string; readonly ip: string }[] };
}
