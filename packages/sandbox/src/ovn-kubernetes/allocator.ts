import { addressOfCidr, canonicalAddress } from '../stand-in/addresses.ts';
import { shuffled } from '../stand-in/seeded-random.ts';
import { assignableLabel, hasRoom, hostsInPrimary, secondaryPrefix, type OvnNode } from './ovn-node.ts';

/** One entry of an EgressIP's `status.items`. */
export interface EgressIpItem {
  readonly node: string;
  /** Canonical. */
  readonly egressIP: string;
}

/** What the allocator knows of an address. */
export interface Allocation {
  readonly node: string;
  /** Name of the EgressIP. */
  readonly owner: string;
}

/** Allocations by canonical address. */
export type Allocations = ReadonlyMap<string, Allocation>;

/** An Event that the cluster manager would write about an EgressIP. */
export interface EgressIpEvent {
  readonly reason:
    | 'NoMatchingNodeFound'
    | 'UnassignedRequest'
    | 'UnsupportedRequest'
    | 'InvalidEgressIP'
    | 'EgressIPConflict'
    | 'CloudAssignmentFailed'
    | 'CloudAssignmentRetry';
  readonly message: string;
}

/** What to assign, and where. */
export interface AssignmentRequest {
  readonly owner: string;
  /** Canonical addresses of the EgressIP that are to be assigned. */
  readonly addresses: readonly string[];
  readonly nodes: readonly OvnNode[];
  readonly allocations: Allocations;
  readonly cloud: boolean;
  /** Breaks ties between equally loaded nodes, as the order of a Go map does. */
  readonly random: () => number;
  /** Whether one node without host-cidrs stops all assignment, as in releases before the fix of their issue 6729. */
  readonly requireHostCidrs?: boolean;
}

/** Parses `spec.egressIPs`; duplicates collapse. One bad address fails the whole object (`validateEgressIPSpec`). */
export function parseEgressIpSpec(
  addresses: readonly string[],
): { readonly addresses: readonly string[] } | { readonly event: EgressIpEvent } {
  const parsed = new Set<string>();
  for (const text of addresses) {
    const address = canonicalAddress(text);
    if (address === undefined)
      return { event: { reason: 'InvalidEgressIP', message: `egress IP: ${text} is not a valid IP address` } };
    parsed.add(address);
  }
  return { addresses: [...parsed] };
}

/** Assigns addresses to nodes by the seven steps of OVN-Kubernetes' `assignEgressIPs`. */
export function assignEgressIps(request: AssignmentRequest): {
  readonly items: readonly EgressIpItem[];
  readonly events: readonly EgressIpEvent[];
} {
  const { owner, addresses, nodes, allocations, cloud, random } = request;
  const items: EgressIpItem[] = [];
  const events: EgressIpEvent[] = [];
  if (request.requireHostCidrs && nodes.some(({ hostCidrs }) => hostCidrs === undefined)) return { items, events };

  const carried = carriedByNode(allocations);
  const taken = new Set(
    [...allocations.values()].filter((allocation) => allocation.owner === owner).map(({ node }) => node),
  );
  let candidates = byLoad(
    nodes.filter(({ eligible }) => eligible),
    carried,
    random,
  );
  if (candidates.length === 0)
    return {
      items,
      events: [
        {
          reason: 'NoMatchingNodeFound',
          message: `no assignable nodes for EgressIP: ${owner}, please tag at least one node with label: ${assignableLabel}`,
        },
      ],
    };
  for (const address of addresses) {
    const host = nodes.find(({ hostCidrs }) => hostCidrs?.some((cidr) => addressOfCidr(cidr) === address));
    if (host) {
      events.push({
        reason: 'EgressIPConflict',
        message: `Egress IP ${owner} with IP ${address} is conflicting with a host (${host.name}) IP address and will not be assigned`,
      });
      continue;
    }
    const allocation = allocations.get(address);
    if (allocation?.owner === owner) {
      items.push({ node: allocation.node, egressIP: address });
      continue;
    }
    if (allocation) {
      events.push({
        reason: 'UnsupportedRequest',
        message: `IP: ${address} for EgressIP: ${owner} is already allocated for EgressIP: ${allocation.owner} on ${allocation.node}`,
      });
      continue;
    }
    const secondary = cloud
      ? []
      : candidates.filter(
          (candidate) => !hostsInPrimary(candidate, address) && secondaryPrefix(candidate, address) !== undefined,
        );
    // Upstream narrows its list in place: the later addresses of the object see the narrowed one.
    if (secondary.length > 0) candidates = secondary;
    const node = candidates.find(
      (candidate) =>
        !taken.has(candidate.name) &&
        (secondary.length > 0 || hostsInPrimary(candidate, address)) &&
        hasRoom(candidate, carried.get(candidate.name) ?? [], address),
    );
    if (!node) continue;
    items.push({ node: node.name, egressIP: address });
    taken.add(node.name);
    carried.set(node.name, [...(carried.get(node.name) ?? []), address]);
  }
  if (items.length === 0)
    events.push({
      reason: 'NoMatchingNodeFound',
      message: `no matching nodes found, which can host any of the egress IPs: ${addresses.join(' ')} for object EgressIP: ${owner}`,
    });
  else if (items.length < addresses.length)
    events.push({
      reason: 'UnassignedRequest',
      message: `Not all egress IPs for EgressIP: ${owner} could be assigned, please tag more nodes`,
    });
  return { items, events };
}

/** The items of an EgressIP that may stay as they are (`validateEgressIPStatus`): nothing is moved without need. */
export function validItems(
  owner: string,
  items: readonly EgressIpItem[],
  nodes: readonly OvnNode[],
  allocations: Allocations,
): EgressIpItem[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const used = new Set<string>();
  const valid: EgressIpItem[] = [];
  for (const item of items) {
    const address = canonicalAddress(item.egressIP);
    const node = byName.get(item.node);
    if (address === undefined || !node?.eligible || used.has(item.node)) continue;
    if (!hostsInPrimary(node, address) && secondaryPrefix(node, address) === undefined) continue;
    const allocation = allocations.get(address);
    if (allocation && (allocation.owner !== owner || allocation.node !== item.node)) continue;
    used.add(item.node);
    valid.push({ node: item.node, egressIP: address });
  }
  return valid;
}

function carriedByNode(allocations: Allocations): Map<string, string[]> {
  const carried = new Map<string, string[]>();
  for (const [address, { node }] of allocations) {
    const addresses = carried.get(node);
    if (addresses) addresses.push(address);
    else carried.set(node, [address]);
  }
  return carried;
}

function byLoad(
  nodes: readonly OvnNode[],
  carried: ReadonlyMap<string, readonly string[]>,
  random: () => number,
): OvnNode[] {
  const load = ({ name }: OvnNode): number => carried.get(name)?.length ?? 0;
  return shuffled(nodes, random).sort((left, right) => load(left) - load(right));
}
