import type { Address } from '../address/address.ts';
import { formatAddress } from '../address/address.ts';
import type { Finding } from '../finding/finding.ts';
import { parseRecordedNamespaces, type ParsedEgressIP, type ParsedNetNamespace } from '../parse/parse-network-objects.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { ParsedNamespace } from '../parse/parse-namespace.ts';
import type { AddressLayout } from './address-layout.ts';
import type { ParsedSnapshot } from '../parse/parser.ts';
import type { NodeGroup } from '../place/node-group.ts';
import { NodeTable } from '../place/node-table.ts';
import type { AddressTable } from './address-table.ts';
import { AddressUsers } from './address-users.ts';
import { refusedByCloud } from './refused.ts';
import type { Claim } from './claim.ts';

/** The desk on which one plan is made: the parsed snapshot, its indexes, and what is decided so far. */
export class World {
  readonly snapshot: ParsedSnapshot;
  readonly addresses: AddressTable;
  readonly nodes: NodeTable;
  readonly users: AddressUsers;
  /** Namespaces that need more than a look, in the order in which they came up. */
  readonly claims: Claim[] = [];
  readonly #claimOf = new Map<number, Claim>();
  /** By namespace: index of its EgressIPAM, where it has just what it should and no claim was made for it; -1 otherwise. */
  readonly settledIn: Int32Array;
  /** By EgressIPAM: how many settled namespaces it serves, and how many of their addresses each node carries. */
  readonly settled: { namespaces: number; readonly onNode: Int32Array }[];
  /** By EgressIPAM: all of its nodes as one group, made when an address lies in none of its CIDRs any more. */
  readonly anyNodeGroups = new Map<number, NodeGroup>();
  /** By EgressIPAM: what OpenShift SDN has to place beside its one CIDR. Known when all is decided. */
  keptCidrs: ReadonlyMap<number, readonly string[]> = new Map();
  readonly findings: Finding[] = [];
  /** Kept addresses that something else than a claim has too. */
  readonly contested: { readonly claim: Claim; readonly address: Address }[] = [];
  /** Addresses that the cloud refused to put on any node, or that somebody else has there. */
  readonly refusedAddresses: Set<Address>;
  /** By namespace index: its NetNamespace, on OpenShift SDN. */
  readonly netNamespaceOf: readonly (ParsedNetNamespace | undefined)[];
  /** By namespace index: the EgressIP that carries it and is ours or will be, on OVN-Kubernetes. */
  readonly egressIPOf: readonly (ParsedEgressIP | undefined)[];
  /** NetNamespaces whose namespace is not there. */
  readonly orphanNetNamespaces: readonly ParsedNetNamespace[];
  readonly #egressIPAMIndex = new Map<string, number>();
  /** By EgressIPAM: first and last slot of each CIDR assignment, where its namespaces may be settled without a closer look. */
  readonly #spans: readonly (Int32Array | undefined)[];
  /** By node: 1 undisturbed, 2 not, 0 not asked yet. */
  readonly #undisturbed: Uint8Array;
  #egressIPs: ReadonlyMap<string, ParsedEgressIP> | undefined;
  /** EgressIPs that the migration from OpenShift SDN left for just the addresses that their namespaces are annotated with. */
  readonly #adopted: ReadonlySet<ParsedEgressIP | undefined>;
  #recordedNamespaces: ReadonlyMap<Address, string> | undefined;

  constructor(snapshot: ParsedSnapshot) {
    this.snapshot = snapshot;
    this.addresses = snapshot.table;
    this.settledIn = new Int32Array(snapshot.namespaces.length).fill(-1);
    this.nodes = new NodeTable(snapshot);
    this.users = new AddressUsers(snapshot);
    this.#undisturbed = new Uint8Array(this.nodes.nodes.length);
    this.settled = snapshot.egressIPAMs.map(() => ({ namespaces: 0, onNode: new Int32Array(this.nodes.nodes.length) }));
    this.#spans = snapshot.egressIPAMs.map((egressIPAM) => (snapshot.source.network.kind === 'openshift-sdn' ? slotSpans(egressIPAM, snapshot.layout) : undefined));
    snapshot.egressIPAMs.forEach((egressIPAM, index) => this.#egressIPAMIndex.set(egressIPAM.name, index));
    this.refusedAddresses = refusedByCloud(snapshot);
    const join = joinByName(snapshot.namespaces, snapshot.netNamespaces, (namespace, netNamespace) => netNamespace.agreesWith === namespace);
    this.netNamespaceOf = join.matched;
    this.orphanNetNamespaces = join.orphans;
    this.egressIPOf = snapshot.egressIPs.length === 0 ? [] : ownEgressIPs(snapshot.namespaces, snapshot.egressIPs);
    this.#adopted = new Set(this.egressIPOf.filter((egressIP) => egressIP?.source.ours === false));
  }

  /** Whether an EgressIP is someone else's, and will stay so. */
  isForeign(egressIP: ParsedEgressIP): boolean {
    return !egressIP.source.ours && !this.#adopted.has(egressIP);
  }

  /** The position of an EgressIPAM, or -1. */
  egressIPAMIndex(name: string): number {
    return this.#egressIPAMIndex.get(name) ?? -1;
  }

  /** The EgressIPAM of a claim. */
  egressIPAMOf(claim: Claim): ParsedEgressIPAM | undefined {
    return this.snapshot.egressIPAMs[claim.egressIPAM];
  }

  /** An EgressIP, ours or not. */
  egressIPByName(name: string): ParsedEgressIP | undefined {
    this.#egressIPs ??= new Map(this.snapshot.egressIPs.map((egressIP) => [egressIP.name, egressIP]));
    return this.#egressIPs.get(name);
  }

  /** What the network binds a namespace's traffic to. */
  boundTo(namespaceIndex: number): readonly Address[] {
    return this.netNamespaceOf[namespaceIndex]?.egressIPs ?? this.egressIPOf[namespaceIndex]?.egressIPs ?? [];
  }

  /** The index of the namespace that has an address, or -1. */
  ownerOf(address: Address): number {
    return (this.addresses.owner[this.addresses.slotOf(address)] ?? 0) - 1;
  }

  /** The slots of a namespace's addresses, where each lies in the CIDR assignment of its place in an EgressIPAM that serves it. */
  settledSlots(namespace: ParsedNamespace, position: number): readonly number[] | undefined {
    const spans = this.#spans[position];
    if (spans === undefined || spans.length !== 2 * namespace.listed.length || this.refusedAddresses.size > 0) return undefined;
    const slots = namespace.slotsIn(this.snapshot.layout);
    if (slots === undefined) return undefined;
    for (let index = 0; index < slots.length; index += 1) {
      const slot = slots[index] ?? -1;
      if (slot < (spans[2 * index] ?? 0) || slot > (spans[2 * index + 1] ?? -1)) return undefined;
    }
    return slots;
  }

  /** Whether a node's HostSubnet hosts addresses of settled namespaces alone, all placed there and on record. Asked when all is placed. */
  isUndisturbed(node: number): boolean {
    const known = this.#undisturbed[node];
    if (known !== 0 && known !== undefined) return known === 1;
    const result = this.#looksUndisturbed(node);
    this.#undisturbed[node] = result ? 1 : 2;
    return result;
  }

  #looksUndisturbed(node: number): boolean {
    const hostSubnet = this.nodes.hostSubnetOf[node];
    if (hostSubnet === undefined || hostSubnet.recorded !== hostSubnet.egressIPs) return false;
    if (hostSubnet.unconfirmed.length > 0 || hostSubnet.egressCIDRs.length > 0 || hostSubnet.recordedCIDRs.length > 0) return false;
    const slots = hostSubnet.hosted.slotsIn(this.snapshot.layout);
    if (slots === undefined) return false;
    const { owner, placedOn } = this.addresses;
    for (let index = 0; index < slots.length; index += 1) {
      const slot = slots[index] ?? 0;
      if (placedOn[slot] !== node + 1 || this.settledIn[(owner[slot] ?? 0) - 1] === -1) return false;
    }
    return true;
  }

  /** The name of the namespace that has an address. */
  ownerName(address: Address): string | undefined {
    return this.snapshot.namespaces[this.ownerOf(address)]?.name;
  }

  /** The claim of a namespace, where one was made. */
  claimOf(namespaceIndex: number): Claim | undefined {
    return this.#claimOf.get(namespaceIndex);
  }

  /** Adds a claim. */
  addClaim(claim: Claim): Claim {
    this.claims.push(claim);
    this.#claimOf.set(claim.namespaceIndex, claim);
    this.settledIn[claim.namespaceIndex] = -1;
    return claim;
  }

  /** The namespace that our record on a HostSubnet names for an address. */
  recordedNamespaceOf(address: Address): string | undefined {
    if (this.#recordedNamespaces === undefined) {
      const all = new Map<Address, string>();
      for (const { source } of this.snapshot.hostSubnets) {
        if (source.hostedIPs === undefined) continue;
        for (const [recorded, namespace] of parseRecordedNamespaces(source.hostedIPs)) all.set(recorded, namespace);
      }
      this.#recordedNamespaces = all;
    }
    return this.#recordedNamespaces.get(address);
  }

  /** Reports something about a namespace. */
  reportNamespace(namespace: ParsedNamespace, finding: Omit<Finding, 'object' | 'addresses'>, addresses: readonly Address[] = []): Finding {
    const complete: Finding = {
      ...finding,
      object: { kind: 'Namespace', name: namespace.name },
      ...(addresses.length > 0 ? { addresses: addresses.map(formatAddress) } : {}),
    };
    this.findings.push(complete);
    return complete;
  }
}

function slotSpans(egressIPAM: ParsedEgressIPAM, layout: AddressLayout): Int32Array | undefined {
  if (egressIPAM.deleting || egressIPAM.source.namespaceSelector !== undefined) return undefined;
  const spans = egressIPAM.assignments.flatMap(({ cidr }) => [layout.denseSlotOf(cidr.first), layout.denseSlotOf(cidr.last)]);
  return spans.includes(-1) ? undefined : Int32Array.from(spans);
}

/** Pairs two lists that are sorted by name. */
function joinByName<Left extends { readonly name: string }, Right extends { readonly name: string }>(
  left: readonly Left[],
  right: readonly Right[],
  isKnownPair: (left: Left, right: Right) => boolean,
): { matched: readonly (Right | undefined)[]; orphans: readonly Right[] } {
  const matched = new Array<Right | undefined>(left.length).fill(undefined);
  const orphans: Right[] = [];
  let position = 0;
  for (const entry of right) {
    const here = left[position];
    if (here !== undefined && isKnownPair(here, entry)) {
      matched[position] = entry;
      position += 1;
      continue;
    }
    while (position < left.length && (left[position]?.name ?? '') < entry.name) position += 1;
    if (left[position]?.name === entry.name) {
      matched[position] = entry;
      position += 1;
    } else orphans.push(entry);
  }
  return { matched, orphans };
}

const namePrefix = 'egressip-';

/** The name of a namespace's EgressIP: the one that the migration from OpenShift SDN gives. */
export function egressIPName(namespace: string): string {
  return `${namePrefix}${namespace}`;
}

function ownEgressIPs(namespaces: readonly ParsedNamespace[], egressIPs: readonly ParsedEgressIP[]): readonly (ParsedEgressIP | undefined)[] {
  const byNamespace = new Map<string, ParsedEgressIP[]>();
  for (const egressIP of egressIPs) {
    const namespace = selectedNamespace(egressIP) ?? (egressIP.source.ours && egressIP.name.startsWith(namePrefix) ? egressIP.name.slice(namePrefix.length) : undefined);
    if (namespace !== undefined) byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), egressIP]);
  }
  return namespaces.map((namespace) => {
    const all = byNamespace.get(namespace.name) ?? [];
    const ours = all.filter((egressIP) => egressIP.source.ours);
    // What carries the namespace stays, whatever else is made for the same addresses.
    const candidates = ours.length > 0 ? ours : all.filter((egressIP) => isAdoptable(egressIP, namespace));
    return candidates.find(({ name }) => name === egressIPName(namespace.name)) ?? candidates[0];
  });
}

/** An object that was made by hand, or left by the migration from OpenShift SDN, for just the addresses that its namespace is annotated with. */
function isAdoptable(egressIP: ParsedEgressIP, namespace: ParsedNamespace): boolean {
  return namespace.egressIPAM !== undefined && egressIP.source.deletedAt === undefined && egressIP.source.podSelector === undefined && sameSet(egressIP.egressIPs, namespace.listed);
}

/** The one namespace that an EgressIP selects by its name; undefined where it selects otherwise. */
export function selectedNamespace(egressIP: ParsedEgressIP): string | undefined {
  const { matchLabels = {}, matchExpressions = [] } = egressIP.source.namespaceSelector;
  return matchExpressions.length === 0 && Object.keys(matchLabels).length === 1 ? matchLabels['kubernetes.io/metadata.name'] : undefined;
}

function sameSet(a: readonly Address[], b: readonly Address[]): boolean {
  return a.length > 0 && a.length === b.length && a.every((address) => b.includes(address));
}
