import type { Address } from '../address/address.ts';
import { parseCidr, type Cidr } from '../address/cidr.ts';
import { parseAddress } from '../address/address.ts';
import type { Finding } from '../finding/finding.ts';
import type { NodeSnapshot } from '../snapshot/snapshot.ts';
import { parseAddresses } from './parse-namespace.ts';

/** How many egress addresses a node can carry. `Infinity` where there is no limit. */
export interface NodeCapacity {
  readonly ipv4: number;
  readonly ipv6: number;
  /** Both families together. */
  readonly total: number;
}

/** What the cloud network config controller says of a node's interface. */
interface EgressIPConfig {
  readonly subnets: readonly Cidr[];
  readonly capacity: NodeCapacity;
}

/** A node with its annotations parsed. */
export interface ParsedNode {
  readonly name: string;
  readonly source: NodeSnapshot;
  /** The node's own addresses, from `status.addresses` and `k8s.ovn.org/host-cidrs`. */
  readonly addresses: readonly Address[];
  /** From `cloud.network.openshift.io/egress-ipconfig`. */
  readonly egressIPConfig: EgressIPConfig | undefined;
  /** From `k8s.ovn.org/node-primary-ifaddr`: the subnets of the primary interface. */
  readonly primarySubnets: readonly Cidr[] | undefined;
  /** From `k8s.ovn.org/host-cidrs`: the subnets of all interfaces. */
  readonly hostSubnets: readonly Cidr[] | undefined;
  readonly findings: readonly Finding[];
}

/** A capacity without limits. */
export const unlimited: NodeCapacity = { ipv4: Infinity, ipv6: Infinity, total: Infinity };

/** Parses a node's annotations; nothing in them makes it throw. */
export function parseNode(source: NodeSnapshot): ParsedNode {
  const findings: Finding[] = [];
  const invalid = (annotation: string, value: string): undefined => {
    findings.push({
      code: 'InvalidNodeAnnotation',
      severity: 'warning',
      object: { kind: 'Node', name: source.name },
      message: `annotation ${annotation} is not understood and is ignored: ${value.slice(0, 200)}`,
    });
    return undefined;
  };
  const hostCIDRs = source.hostCIDRs === undefined ? undefined : (parseHostCIDRs(source.hostCIDRs) ?? invalid('k8s.ovn.org/host-cidrs', source.hostCIDRs));
  return {
    name: source.name,
    source,
    addresses: [...parseAddresses(source.addresses), ...(hostCIDRs?.addresses ?? [])],
    egressIPConfig:
      source.egressIPConfig === undefined
        ? undefined
        : (parseEgressIPConfig(source.egressIPConfig) ?? invalid('cloud.network.openshift.io/egress-ipconfig', source.egressIPConfig)),
    primarySubnets:
      source.primaryInterfaceAddress === undefined
        ? undefined
        : (parseFamilyCIDRs(parseJson(source.primaryInterfaceAddress)) ?? invalid('k8s.ovn.org/node-primary-ifaddr', source.primaryInterfaceAddress)),
    hostSubnets: hostCIDRs?.subnets,
    findings,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** `{"ipv4":"10.0.0.4/24","ipv6":"…"}`, of which the networks count. */
function parseFamilyCIDRs(value: unknown): readonly Cidr[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const subnets: Cidr[] = [];
  for (const text of [field(value, 'ipv4'), field(value, 'ipv6')]) {
    if (typeof text !== 'string' || text === '') continue;
    const parsed = parseCidr(text);
    if (parsed === undefined) return undefined;
    subnets.push(parsed.cidr);
  }
  return subnets;
}

/**
 * `[{"interface":"…","ifaddr":{…},"capacity":{"ipv4":14,"ipv6":15} or {"ip":14}}]`, of which
 * OVN-Kubernetes uses the first element alone. An absent capacity means no limit.
 */
function parseEgressIPConfig(text: string): EgressIPConfig | undefined {
  const value = parseJson(text);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const first: unknown = value[0];
  const subnets = parseFamilyCIDRs(field(first, 'ifaddr'));
  if (subnets === undefined) return undefined;
  const capacity = field(first, 'capacity');
  return {
    subnets,
    capacity: { ipv4: limit(field(capacity, 'ipv4')), ipv6: limit(field(capacity, 'ipv6')), total: limit(field(capacity, 'ip')) },
  };
}

function limit(value: unknown): number {
  // An interface that holds more than its limit is announced with less than none.
  return typeof value === 'number' ? Math.max(0, value) : Infinity;
}

/** `["10.0.0.4/24","2001:db8::4/64"]`: each an address of the host, and its network. */
function parseHostCIDRs(text: string): { addresses: readonly Address[]; subnets: readonly Cidr[] } | undefined {
  const value = parseJson(text);
  if (!Array.isArray(value)) return undefined;
  const addresses: Address[] = [];
  const subnets: Cidr[] = [];
  for (const entry of value as readonly unknown[]) {
    if (typeof entry !== 'string') return undefined;
    const address = parseAddress(entry.split('/', 1)[0] ?? '');
    const subnet = parseCidr(entry);
    if (address === undefined || subnet === undefined) return undefined;
    addresses.push(address);
    subnets.push(subnet.cidr);
  }
  return { addresses, subnets };
}
