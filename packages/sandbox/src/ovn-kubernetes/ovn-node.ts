import type { KubernetesObject } from '@egressip-ipam/kube';
import { addressOfCidr, cidrContains, isVersion6, prefixOfCidr } from '../stand-in/addresses.ts';
import { isNodeReady } from '../stand-in/node.ts';

/** The label, of any value, that lets a node carry egress IPs. */
export const assignableLabel = 'k8s.ovn.org/egress-assignable';

/** How many egress IPs a node may carry; what is undefined is unlimited. `all` counts both families. */
export interface EgressCapacity {
  readonly all?: number;
  readonly ipv4?: number;
  readonly ipv6?: number;
}

/** A node as the cluster manager's allocator knows it. */
export interface OvnNode {
  readonly name: string;
  /** Labelled, Ready, and its annotations tell its networks and its own addresses. */
  readonly eligible: boolean;
  /** CIDRs of the egress network: the cloud's subnet, or that of the primary interface. */
  readonly networks: readonly string[];
  readonly capacity: EgressCapacity;
  /** `ADDRESS/PREFIX` of all interfaces; undefined when the node does not tell. */
  readonly hostCidrs: readonly string[] | undefined;
}

interface NetworkAnnotation {
  readonly ifaddr: { readonly ipv4?: string; readonly ipv6?: string };
  readonly capacity: { readonly ip?: number; readonly ipv4?: number; readonly ipv6?: number };
}

/**
 * Reads a Node as OVN-Kubernetes does (`util/node_annotations.go`, `util/egressip*.go`).
 *
 * @param cloud networks and capacity come from `egress-ipconfig`, as on AWS, Azure, GCP and OpenStack; else from the
 * primary interface, without a limit
 */
export function readOvnNode(node: KubernetesObject, cloud: boolean): OvnNode {
  const { name, labels = {}, annotations = {} } = node.metadata;
  const primary = primaryNetwork(annotations['k8s.ovn.org/node-primary-ifaddr']);
  const network = cloud ? cloudNetwork(annotations['cloud.network.openshift.io/egress-ipconfig']) : primary;
  const networks = [network?.ifaddr.ipv4, network?.ifaddr.ipv6]
    .filter((cidr) => cidr !== undefined && cidr !== '')
    .map(String);
  const { ip, ipv4, ipv6 } = network?.capacity ?? {};
  const hostCidrs = parseJson<string[]>(annotations['k8s.ovn.org/host-cidrs']);
  const isSetUp = networks.length > 0 && primary !== undefined && hostCidrs !== undefined;
  return {
    name,
    eligible: assignableLabel in labels && isNodeReady(node) && isSetUp,
    networks,
    capacity: {
      ...(ip !== undefined && { all: ip }),
      ...(ipv4 !== undefined && { ipv4 }),
      ...(ipv6 !== undefined && { ipv6 }),
    },
    hostCidrs,
  };
}

// Only the first element counts, however many there are.
function cloudNetwork(annotation: string | undefined): NetworkAnnotation | undefined {
  const first = parseJson<Partial<NetworkAnnotation>[]>(annotation)?.[0];
  return first && { ifaddr: first.ifaddr ?? {}, capacity: first.capacity ?? {} };
}

function primaryNetwork(annotation: string | undefined): NetworkAnnotation | undefined {
  const ifaddr = parseJson<NetworkAnnotation['ifaddr']>(annotation);
  return ifaddr && { ifaddr, capacity: {} };
}

// A broken annotation makes the node one without networks, as the real one does.
function parseJson<Value>(text: string | undefined): Value | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Value);
  } catch {
    return undefined;
  }
}

/** Is the address in the node's egress network? */
export function hostsInPrimary(node: OvnNode, address: string): boolean {
  return node.networks.some((cidr) => cidrContains(cidr, address));
}

/** The longest prefix of a secondary host network of the node that holds the address. */
export function secondaryPrefix(node: OvnNode, address: string): number | undefined {
  const prefixes = (node.hostCidrs ?? [])
    .filter((cidr) => cidrContains(cidr, address) && isGlobal(cidr) && !hostsInPrimary(node, addressOfCidr(cidr) ?? ''))
    .map(prefixOfCidr);
  return prefixes.length === 0 ? undefined : Math.max(...prefixes);
}

function isGlobal(cidr: string): boolean {
  return !['127.0.0.0/8', '169.254.0.0/16', '::1/128', 'fe80::/10'].some((local) =>
    cidrContains(local, addressOfCidr(cidr) ?? ''),
  );
}

/** Has the node room for one more address, given those that it carries? */
export function hasRoom({ capacity }: OvnNode, carried: readonly string[], address: string): boolean {
  if (capacity.all !== undefined && carried.length >= capacity.all) return false;
  const version6 = isVersion6(address);
  const limit = version6 ? capacity.ipv6 : capacity.ipv4;
  return limit === undefined || carried.filter((other) => isVersion6(other) === version6).length < limit;
}
