import type { Address } from '../address/address.ts';
import { formatAddress } from '../address/address.ts';
import type { Finding } from '../finding/finding.ts';
import { parseRecordedNamespaces, type ParsedEgressIP, type ParsedHostSubnet, type ParsedNetNamespace } from '../parse/parse-network-objects.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { ParsedNamespace } from '../parse/parse-namespace.ts';
import type { NamespaceList } from '../parse/namespace-list.ts';
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
  /** Whether this project attaches addresses to interfaces. */
  readonly isAttaching: boolean;
  readonly addresses: AddressTable;
  readonly nodes: NodeTable;
  readonly users: AddressUsers;
  /** Namespaces that need more than a look, in the order in which they came up. */
  readonly claims: Claim[] = [];
  readonly #claimOf = new Map<number, Claim>();
  /** By namespace: index of its EgressIPAM, where it has just what it should and no claim was made for it; -1 otherwise. */
  readonly settledIn: Int32Array;
  /** By namespace, as many each as the list of namespaces is wide: the slots of its addresses, where it is settled. They last as those of the address table do. */
  readonly settledSlots: Int32Array;
  /** By EgressIPAM: how many settled namespaces it serves. */
  readonly settledCount: Int32Array;
  /** By node: how many addresses of settled namespaces it carries. */
  readonly settledOn: Int32Array;
  /** By EgressIPAM: all of its nodes as one group, made when an address lies in none of its CIDRs any more. */
  readonly anyNodeGroups = new Map<number, NodeGroup>();
  /** By EgressIPAM: what OpenShift SDN has to place beside its one CIDR. Known when all is decided. */
  keptCidrs: ReadonlyMap<number, readonly string[]> = new Map();
  readonly findings: Finding[] = [];
  /** Kept addresses that something else than a claim has too. */
  readonly contested: { readonly claim: Claim; readonly address: Address }[] = [];
  /** Addresses that the cloud refused to put on any node, or that somebody else has there. */
  readonly refusedAddresses: Set<Address>;
  /** By namespace index: the EgressIP that carries it and is ours or will be, on OVN-Kubernetes. */
  readonly egressIPOf: readonly (ParsedEgressIP | undefined)[];
  /** NetNamespaces whose namespace is not there. */
  readonly orphanNetNamespaces: readonly ParsedNetNamespace[];
  readonly #egressIPAMIndex = new Map<string, number>();
  #egressIPs: ReadonlyMap<string, ParsedEgressIP> | undefined;
  /** EgressIPs that the migration from OpenShift SDN left for just the addresses that their namespaces are annotated with. */
  readonly #adopted: ReadonlySet<ParsedEgressIP | undefined>;
  #recordedNamespaces: ReadonlyMap<Address, string> | undefined;
  readonly #records = new Map<ParsedHostSubnet, ReadonlyMap<Address, string>>();

  constructor(snapshot: ParsedSnapshot) {
    this.snapshot = snapshot;
    this.isAttaching = snapshot.source.provider.attach;
    this.addresses = snapshot.table;
    const { namespaces } = snapshot;
    this.settledIn = namespaces.settledIn.subarray(0, namespaces.length).fill(-1);
    this.settledSlots = namespaces.slotsIn(snapshot.table);
    this.nodes = new NodeTable(snapshot);
    this.users = new AddressUsers(snapshot);
    this.settledCount = new Int32Array(snapshot.egressIPAMs.length);
    this.settledOn = new Int32Array(this.nodes.nodes.length);
    namespaces.forgetWhatWasSaidOfOther(this.nodes.nodes.map(({ name }) => name));
    snapshot.egressIPAMs.forEach((egressIPAM, index) => this.#egressIPAMIndex.set(egressIPAM.name, index));
    this.refusedAddresses = refusedByCloud(snapshot);
    this.orphanNetNamespaces = namespaces.orphans.flatMap((position) => namespaces.netNamespaceAt(position) ?? []);
    this.egressIPOf = snapshot.egressIPs.length === 0 ? [] : ownEgressIPs(namespaces, snapshot.egressIPs);
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
    return this.netNamespaceOf(namespaceIndex)?.egressIPs ?? this.egressIPOf[namespaceIndex]?.egressIPs ?? [];
  }

  /** The index of the namespace that has an address, or -1. */
  ownerOf(address: Address): number {
    return (this.addresses.owner[this.addresses.slotOf(address)] ?? 0) - 1;
  }

  /** The NetNamespace of a namespace, on OpenShift SDN. */
  netNamespaceOf(namespaceIndex: number): ParsedNetNamespace | undefined {
    return this.snapshot.namespaces.netNamespaceOf(namespaceIndex);
  }

  /**
   * Whether a node's HostSubnet hosts addresses of settled namespaces alone, all placed there and on record:
   * it hosts as many as are settled there. Asked when these are placed.
   */
  isUndisturbed(node: number): boolean {
    const hostSubnet = this.nodes.hostSubnetOf[node];
    if (hostSubnet === undefined || hostSubnet.recorded !== hostSubnet.egressIPs) return false;
    if (hostSubnet.unconfirmed.length > 0 || hostSubnet.egressCIDRs.length > 0 || hostSubnet.recordedCIDRs.length > 0) return false;
    return hostSubnet.egressIPs.length === this.settledOn[node];
  }

  /** The name of the namespace that has an address. */
  ownerName(address: Address): string | undefined {
    return this.snapshot.namespaces.sources[this.ownerOf(address)]?.name;
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

  /** The namespace that our record on a HostSubnet names for an address: mostly on the one that hosts it. */
  recordedNamespaceOf(address: Address): string | undefined {
    const slot = this.addresses.slotOf(address);
    const host = this.nodes.hostSubnetOf[(this.addresses.hostedOn[slot] ?? 0) - 1];
    const named = host === undefined ? undefined : this.#recordOn(host).get(address);
    if (named !== undefined) return named;
    this.#recordedNamespaces ??= new Map(this.snapshot.hostSubnets.flatMap((hostSubnet) => [...this.#recordOn(hostSubnet)]));
    return this.#recordedNamespaces.get(address);
  }

  #recordOn(hostSubnet: ParsedHostSubnet): ReadonlyMap<Address, string> {
    let record = this.#records.get(hostSubnet);
    if (record === undefined) this.#records.set(hostSubnet, (record = parseRecordedNamespaces(hostSubnet.source.hostedIPs ?? '')));
    return record;
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

const namePrefix = 'egressip-';

/** The name of a namespace's EgressIP: the one that the migration from OpenShift SDN gives. */
export function egressIPName(namespace: string): string {
  return `${namePrefix}${namespace}`;
}

function ownEgressIPs(namespaces: NamespaceList, egressIPs: readonly ParsedEgressIP[]): readonly (ParsedEgressIP | undefined)[] {
  const byNamespace = new Map<string, ParsedEgressIP[]>();
  for (const egressIP of egressIPs) {
    const namespace = selectedNamespace(egressIP) ?? (egressIP.source.ours && egressIP.name.startsWith(namePrefix) ? egressIP.name.slice(namePrefix.length) : undefined);
    if (namespace !== undefined) byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), egressIP]);
  }
  return namespaces.sources.map(({ name }, index) => {
    const all = byNamespace.get(name) ?? [];
    const ours = all.filter((egressIP) => egressIP.source.ours);
    // What carries the namespace stays, whatever else is made for the same addresses.
    const candidates = ours.length > 0 ? ours : all.filter((egressIP) => isAdoptable(egressIP, namespaces.at(index)));
    return candidates.find((candidate) => candidate.name === egressIPName(name)) ?? candidates[0];
  });
}

/** An object that was made by hand, or left by the migration from OpenShift SDN, for just the addresses that its namespace is annotated with. */
function isAdoptable(egressIP: ParsedEgressIP, namespace: ParsedNamespace | undefined): boolean {
  return namespace?.egressIPAM !== undefined && egressIP.source.deletedAt === undefined && egressIP.source.podSelector === undefined && sameSet(egressIP.egressIPs, namespace.listed);
}

/** The one namespace that an EgressIP selects by its name; undefined where it selects otherwise. */
export function selectedNamespace(egressIP: ParsedEgressIP): string | undefined {
  const { matchLabels = {}, matchExpressions = [] } = egressIP.source.namespaceSelector;
  return matchExpressions.length === 0 && Object.keys(matchLabels).length === 1 ? matchLabels['kubernetes.io/metadata.name'] : undefined;
}

function sameSet(a: readonly Address[], b: readonly Address[]): boolean {
  return a.length > 0 && a.length === b.length && a.every((address) => b.includes(address));
}
