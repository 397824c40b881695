import type { Address } from '../address/address.ts';
import { formatAddress } from '../address/address.ts';
import type { Finding } from '../finding/finding.ts';
import { parseRecordedNamespaces, type ParsedEgressIP, type ParsedNetNamespace } from '../parse/parse-network-objects.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { ParsedNamespace } from '../parse/parse-namespace.ts';
import type { ParsedSnapshot } from '../parse/parser.ts';
import { NodeTable } from '../place/node-table.ts';
import { AddressTable } from './address-table.ts';
import { AddressUsers } from './address-users.ts';
import type { Claim } from './claim.ts';

/** The desk on which one plan is made: the parsed snapshot, its indexes, and what is decided so far. */
export class World {
  readonly snapshot: ParsedSnapshot;
  readonly addresses: AddressTable;
  readonly nodes: NodeTable;
  readonly users: AddressUsers;
  readonly claims: Claim[] = [];
  readonly findings: Finding[] = [];
  /** Kept addresses that something else than a claim has too. */
  readonly contested: { readonly claim: Claim; readonly address: Address }[] = [];
  /** Addresses that the cloud refused to put on any node, or that somebody else has there. */
  readonly refusedAddresses: Set<Address>;
  /** By namespace index: its NetNamespace, on OpenShift SDN. */
  readonly netNamespaceOf: readonly (ParsedNetNamespace | undefined)[];
  /** By namespace index: the EgressIP of ours that carries it, on OVN-Kubernetes. */
  readonly egressIPOf: readonly (ParsedEgressIP | undefined)[];
  /** NetNamespaces whose namespace is not there. */
  readonly orphanNetNamespaces: readonly ParsedNetNamespace[];
  readonly #egressIPAMIndex = new Map<string, number>();
  #egressIPs: ReadonlyMap<string, ParsedEgressIP> | undefined;
  #recordedNamespaces: ReadonlyMap<Address, string> | undefined;

  constructor(snapshot: ParsedSnapshot) {
    this.snapshot = snapshot;
    this.addresses = new AddressTable(snapshot.egressIPAMs.flatMap((egressIPAM) => egressIPAM.assignments.map((assignment) => assignment.cidr)));
    this.nodes = new NodeTable(snapshot);
    this.users = new AddressUsers(snapshot);
    snapshot.egressIPAMs.forEach((egressIPAM, index) => this.#egressIPAMIndex.set(egressIPAM.name, index));
    this.refusedAddresses = new Set(
      snapshot.cloudPrivateIPConfigs.flatMap(({ source, address }) =>
        address !== undefined && source.reason === 'CloudResponseError' && (source.statusNode ?? '') === '' ? [address] : [],
      ),
    );
    const join = joinByName(snapshot.namespaces, snapshot.netNamespaces);
    this.netNamespaceOf = join.matched;
    this.orphanNetNamespaces = join.orphans;
    const ours = snapshot.egressIPs.filter((egressIP) => egressIP.source.ours);
    this.egressIPOf = ours.length === 0 ? [] : ownEgressIPs(snapshot.namespaces, ours);
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

  /** The claim that has an address. */
  ownerOf(address: Address): Claim | undefined {
    return this.claims[(this.addresses.owner[this.addresses.slotOf(address)] ?? 0) - 1];
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

/** Pairs two lists that are sorted by name. */
function joinByName<Left extends { readonly name: string }, Right extends { readonly name: string }>(
  left: readonly Left[],
  right: readonly Right[],
): { matched: readonly (Right | undefined)[]; orphans: readonly Right[] } {
  const matched = new Array<Right | undefined>(left.length).fill(undefined);
  const orphans: Right[] = [];
  let position = 0;
  for (const entry of right) {
    while (position < left.length && (left[position]?.name ?? '') < entry.name) position += 1;
    if (left[position]?.name === entry.name) matched[position] = entry;
    else orphans.push(entry);
  }
  return { matched, orphans };
}

/** The name of a namespace's EgressIP: the one that the migration from OpenShift SDN gives. */
export function egressIPName(namespace: string): string {
  return `egressip-${namespace}`;
}

function ownEgressIPs(namespaces: readonly ParsedNamespace[], ours: readonly ParsedEgressIP[]): readonly (ParsedEgressIP | undefined)[] {
  const byName = new Map(ours.map((egressIP) => [egressIP.name, egressIP]));
  return namespaces.map((namespace) => byName.get(egressIPName(namespace.name)));
}
