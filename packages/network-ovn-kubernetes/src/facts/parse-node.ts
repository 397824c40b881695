import {
  egressIPConfigAnnotation,
  parseAddress,
  parseCidr,
  type Address,
  type Cidr,
  type Finding,
  type NodeSnapshot,
} from '@egressip-ipam/core';
import {
  asRecord,
  parseAddresses,
  parseEgressIPConfig,
  parseFamilyCidrs,
  parseJson,
  type EgressIPConfig,
} from '@egressip-ipam/core/plugin';
import { labelledByUsAnnotation } from '../kinds/names.ts';

const primaryAnnotation = 'k8s.ovn.org/node-primary-ifaddr';
/** The addresses of a node's interfaces, each with its network. */
export const hostCidrsAnnotation = 'k8s.ovn.org/host-cidrs';
/** What `host-cidrs` was called in 2023 and before; addresses without prefixes. */
const hostAddressesAnnotation = 'k8s.ovn.org/host-addresses';
const gatewayAnnotation = 'k8s.ovn.org/l3-gateway-config';

/** More interfaces and networks than any node has; ovnkube-node writes of its node what it likes. */
const mostEntries = 1_024;
const mostTold = 8;
/** As many as agents of ours name: addresses that are gateways are kept from everybody. */
const mostGateways = 16;

/**
 * Each node's port in networks inside the cluster, with the prefix of the network; a name may have been another once.
 */
const innerNetworks: readonly { readonly annotation: string; readonly network: InnerNetwork['network'] }[] = [
  { annotation: 'k8s.ovn.org/node-gateway-router-lrp-ifaddrs', network: 'join' },
  { annotation: 'k8s.ovn.org/node-gateway-router-lrp-ifaddr', network: 'join' },
  { annotation: 'k8s.ovn.org/node-transit-switch-port-ifaddr', network: 'transit' },
  { annotation: 'k8s.ovn.org/node-masquerade-subnet', network: 'masquerade' },
  { annotation: 'k8s.ovn.org/node-subnets', network: 'pod' },
  { annotation: 'k8s.ovn.org/hybrid-overlay-node-subnet', network: 'hybrid overlay' },
];

/** The annotations of nodes that OVN-Kubernetes and this back end go by. */
export const nodeAnnotations: readonly string[] = [
  egressIPConfigAnnotation,
  primaryAnnotation,
  hostCidrsAnnotation,
  hostAddressesAnnotation,
  gatewayAnnotation,
  ...innerNetworks.map(({ annotation }) => annotation),
  labelledByUsAnnotation,
];

/** A network inside the cluster that a node is in. */
export interface InnerNetwork {
  readonly network: 'join' | 'transit' | 'masquerade' | 'pod' | 'hybrid overlay';
  readonly cidr: Cidr;
}

/** What a node's annotations say. */
export interface ParsedNode {
  readonly name: string;
  readonly source: NodeSnapshot;
  /** What the cluster's own controller of cloud interfaces announces. */
  readonly announced: EgressIPConfig | undefined;
  /** The subnets of the primary interface. */
  readonly primarySubnets: readonly Cidr[] | undefined;
  /** The subnets of all interfaces. */
  readonly hostSubnets: readonly Cidr[] | undefined;
  /** The node's own addresses. */
  readonly addresses: readonly Address[];
  readonly gateways: readonly Address[];
  readonly innerNetworks: readonly InnerNetwork[];
  readonly isLabelledByUs: boolean;
  readonly findings: readonly Finding[];
}

/** Parses a node's annotations; nothing in them makes it throw. */
export function parseNode(source: NodeSnapshot): ParsedNode {
  const { name, annotations = {} } = source;
  const findings: Finding[] = [];
  const parse = <Value>(annotation: string, read: (text: string) => Value | undefined): Value | undefined => {
    const text = annotations[annotation];
    const value = text === undefined ? undefined : read(text);
    if (text !== undefined && value === undefined) {
      const message = `annotation ${annotation} is not understood and is ignored: ${text.slice(0, 200)}`;
      findings.push({ code: 'InvalidNodeAnnotation', severity: 'warning', object: { kind: 'Node', name }, message });
    }
    return value;
  };
  const primary = parse(primaryAnnotation, parsePrimary);
  const host = parse(hostCidrsAnnotation, parseHostCidrs);
  const older = parse(hostAddressesAnnotation, parseHostAddresses);
  const tellIgnored = (annotation: string, entries: readonly unknown[] = [], what: string): void => {
    for (const entry of entries.slice(0, mostTold)) {
      const text = JSON.stringify(entry).slice(0, 100);
      const message = `annotation ${annotation} has ${text}, which is no ${what} and is ignored`;
      findings.push({ code: 'InvalidNodeAnnotation', severity: 'warning', object: { kind: 'Node', name }, message });
    }
  };
  tellIgnored(hostCidrsAnnotation, host?.ignored, 'address with a prefix');
  tellIgnored(hostAddressesAnnotation, older?.ignored, 'address');
  return {
    name,
    source,
    announced: parse(egressIPConfigAnnotation, parseEgressIPConfig),
    primarySubnets: primary?.subnets,
    hostSubnets: host?.subnets,
    addresses: [...new Set([...(primary?.addresses ?? []), ...(host?.addresses ?? []), ...(older?.addresses ?? [])])],
    gateways: parse(gatewayAnnotation, parseGateways) ?? [],
    innerNetworks: innerNetworks.flatMap(({ annotation, network }) =>
      (parse(annotation, parseNetworks) ?? []).map((cidr) => ({ network, cidr })),
    ),
    isLabelledByUs: annotations[labelledByUsAnnotation] !== undefined,
    findings,
  };
}

interface Interfaces {
  readonly addresses: readonly Address[];
  readonly subnets: readonly Cidr[];
  /** Entries that are not understood. */
  readonly ignored?: readonly unknown[];
}

/** `{"ipv4":"10.0.0.4/24","ipv6":"…"}`: the address of the primary interface, and its network. */
function parsePrimary(text: string): Interfaces | undefined {
  const value = parseJson(text);
  const subnets = parseFamilyCidrs(value);
  const { ipv4, ipv6 } = asRecord(value);
  return subnets === undefined ? undefined : { addresses: [ipv4, ipv6].flatMap(ownAddress), subnets };
}

/**
 * `["10.0.0.4/24","2001:db8::4/64"]`: each an address of the host, and its network; one without a prefix is in none.
 */
function parseHostCidrs(text: string): Interfaces | undefined {
  const own = parseHostAddresses(text);
  return own === undefined ? undefined : { ...own, subnets: own.entries.flatMap(cidrIn).filter(hasOthers) };
}

function cidrIn(entry: unknown): readonly Cidr[] {
  const cidr = typeof entry === 'string' ? parseCidr(entry)?.cidr : undefined;
  return cidr === undefined ? [] : [cidr];
}

function ownAddress(entry: unknown): readonly Address[] {
  const address = typeof entry === 'string' ? parseAddress(entry.split('/', 1)[0]?.trim() ?? '') : undefined;
  return address === undefined ? [] : [address];
}

/** An interface with a prefix of full length is in a subnet of its own, in which there is no other address. */
function hasOthers({ size }: Cidr): boolean {
  return size > 1n;
}

/** `["10.0.0.4","2001:db8::4"]`: what is written otherwise, with a prefix say, is an address of the node as well. */
function parseHostAddresses(text: string): (Omit<Interfaces, 'subnets'> & { entries: readonly unknown[] }) | undefined {
  const value = parseJson(text);
  if (!Array.isArray(value)) return undefined;
  const entries: readonly unknown[] = value.slice(0, mostEntries);
  const ignored = entries.filter((entry) => ownAddress(entry).length === 0);
  if (ignored.length > 0 && ignored.length === entries.length) return undefined;
  return { addresses: entries.flatMap(ownAddress), ignored, entries };
}

/** `{"default":{"next-hops":["10.0.0.1"],"next-hop":"10.0.0.1",…}}`: by what the node's traffic leaves. */
function parseGateways(text: string): readonly Address[] | undefined {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const gateways = Object.values(value).flatMap((gateway) => {
    const { 'next-hops': hops, 'next-hop': hop } = asRecord(gateway);
    const entries: readonly unknown[] = Array.isArray(hops) ? hops : [];
    return [...entries, hop].filter((entry) => typeof entry === 'string');
  });
  return [...new Set(parseAddresses(gateways))].slice(0, mostGateways);
}

/**
 * `{"default":["10.244.0.0/24"]}`, `{"default":{"ipv4":"100.64.0.2/16"}}` or `{"ipv4":"100.64.0.2/16"}`, by network or
 * not; of the hybrid overlay the network alone, `10.132.0.0/23`.
 */
function parseNetworks(text: string): readonly Cidr[] | undefined {
  const alone = parseCidr(text)?.cidr;
  if (alone !== undefined) return [alone];
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.values(value)
    .flatMap((part: unknown): readonly unknown[] =>
      typeof part === 'object' && part !== null ? Object.values(part) : [part],
    )
    .slice(0, mostEntries)
    .flatMap(cidrIn);
}
