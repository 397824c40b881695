import type { Address } from '../address/address.ts';
import type { Cidr } from '../address/cidr.ts';
import type { Finding } from '../finding/finding.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import { parseNode, unlimited, type NodeCapacity, type ParsedNode } from '../parse/parse-node.ts';
import { compareNames } from '../parse/memo.ts';
import type { ParsedHostSubnet } from '../parse/parse-network-objects.ts';
import type { ParsedSnapshot } from '../parse/parser.ts';
import { canHost, hostableParts, type NodeGroup } from './node-group.ts';

/** The nodes of a snapshot: who may use them, what they can carry, and what they carry in this plan. */
export class NodeTable {
  readonly nodes: readonly ParsedNode[];
  /** From this index on: nodes that are gone, while their HostSubnets still host something. */
  readonly departedFrom: number;
  readonly findings: Finding[] = [];
  /** By node: index of the EgressIPAM that has the node, or -1. */
  readonly egressIPAMOf: Int32Array;
  /** By node: its HostSubnet, where the network has one. */
  readonly hostSubnetOf: (ParsedHostSubnet | undefined)[];
  /** By position of a HostSubnet in the snapshot: its node, or -1. */
  readonly nodeOfHostSubnet: Int32Array;
  /** By node: the subnets it can carry addresses of; undefined where nothing is known, and then any. */
  readonly subnetsOf: (readonly Cidr[] | undefined)[];
  /** By node: how many addresses of ours it can carry. */
  readonly capacityOf: NodeCapacity[];
  /** By node: addresses of ours placed there. */
  readonly loadIPv4: Int32Array;
  readonly loadIPv6: Int32Array;
  /** By EgressIPAM, by assignment. */
  readonly groups: readonly (readonly NodeGroup[])[];
  readonly groupCount: number;
  readonly #indexByName = new Map<string, number>();

  constructor(snapshot: ParsedSnapshot) {
    snapshot.nodes.forEach((node, index) => this.#indexByName.set(node.name, index));
    this.departedFrom = snapshot.nodes.length;
    const departed = snapshot.hostSubnets.filter(({ name, egressIPs }) => egressIPs.length > 0 && !this.#indexByName.has(name)).map(departedNode);
    departed.forEach(({ name }, position) => this.#indexByName.set(name, this.departedFrom + position));
    this.nodes = departed.length === 0 ? snapshot.nodes : [...snapshot.nodes, ...departed];
    const count = this.nodes.length;
    this.loadIPv4 = new Int32Array(count);
    this.loadIPv6 = new Int32Array(count);
    this.hostSubnetOf = new Array<ParsedHostSubnet | undefined>(count).fill(undefined);
    this.nodeOfHostSubnet = Int32Array.from(snapshot.hostSubnets, ({ name }) => this.indexOf(name));
    snapshot.hostSubnets.forEach((hostSubnet, position) => {
      const index = this.nodeOfHostSubnet[position] ?? -1;
      if (index !== -1) this.hostSubnetOf[index] = hostSubnet;
    });
    const othersTell = snapshot.nodes.some(({ hostSubnets }) => hostSubnets !== undefined);
    this.subnetsOf = this.nodes.map((node) => subnetsOf(snapshot, node, othersTell));
    this.capacityOf = this.nodes.map((node) => announcedCapacity(snapshot, node));
    this.egressIPAMOf = new Int32Array(count).fill(-1);
    const values = snapshot.egressIPAMs.map(({ source }) => this.nodes.map((node) => topologyValue(node, source.topologyLabel)));
    this.#shareOut(snapshot.egressIPAMs, values);
    let groupCount = 0;
    this.groups = snapshot.egressIPAMs.map((egressIPAM, index) =>
      egressIPAM.assignments.map(({ cidr, labelValue }) => {
        const selected: number[] = [];
        // OpenShift SDN's objects take IPv4 addresses alone (network.openshift.io/v1).
        const isCarried = cidr.family === 4 || snapshot.source.network.kind !== 'openshift-sdn';
        for (let node = 0; isCarried && node < count; node += 1) {
          if (this.egressIPAMOf[node] === index && values[index]?.[node] === labelValue) selected.push(node);
        }
        return this.#group(snapshot, groupCount++, selected, cidr);
      }),
    );
    this.groupCount = groupCount;
  }

  /** The index of a node, or -1. */
  indexOf(name: string): number {
    return this.#indexByName.get(name) ?? -1;
  }

  /** The name of a node. */
  nameOf(index: number): string {
    return this.nodes[index]?.name ?? '';
  }

  /** Whether a node's subnets contain an address. */
  canHost(node: number, address: Address): boolean {
    return canHost(this.subnetsOf[node], address);
  }

  /** Whether a node has room for one more address of a family, if need be once one of `leaving` has left. */
  hasRoom(node: number, family: 4 | 6, leaving?: 4 | 6): boolean {
    const capacity = this.capacityOf[node] ?? unlimited;
    const ipv4 = (this.loadIPv4[node] ?? 0) - Number(leaving === 4);
    const ipv6 = (this.loadIPv6[node] ?? 0) - Number(leaving === 6);
    return (family === 4 ? ipv4 < capacity.ipv4 : ipv6 < capacity.ipv6) && ipv4 + ipv6 < capacity.total;
  }

  /** Counts an address in, or out with -1. */
  addLoad(node: number, family: 4 | 6, amount: 1 | -1): void {
    const loads = family === 4 ? this.loadIPv4 : this.loadIPv6;
    loads[node] = (loads[node] ?? 0) + amount;
  }

  /** Load relative to capacity; nodes without a limit compare by their number of addresses. */
  relativeLoad(node: number, family: 4 | 6): number {
    const capacity = this.capacityOf[node] ?? unlimited;
    const most = Math.min(family === 4 ? capacity.ipv4 : capacity.ipv6, capacity.total, 1_000_000);
    return ((this.loadIPv4[node] ?? 0) + (this.loadIPv6[node] ?? 0)) / Math.max(most, 1);
  }

  /** Gives each node to the oldest EgressIPAM that wants it. */
  #shareOut(egressIPAMs: readonly ParsedEgressIPAM[], values: readonly (readonly (string | undefined)[])[]): void {
    const byAge = egressIPAMs.map((egressIPAM, index) => ({ egressIPAM, index })).sort((a, b) => a.egressIPAM.createdAt - b.egressIPAM.createdAt || compareNames(a.egressIPAM.name, b.egressIPAM.name));
    for (const { egressIPAM, index } of byAge) {
      const lost = new Map<number, string[]>();
      const wanted = new Set<string | undefined>(egressIPAM.assignments.map(({ labelValue }) => labelValue));
      this.nodes.forEach((node, position) => {
        if (!wanted.has(values[index]?.[position]) || !egressIPAM.selectsNode(node.source.labels)) return;
        const holder = this.egressIPAMOf[position] ?? -1;
        const names = lost.get(holder);
        if (holder === -1) this.egressIPAMOf[position] = index;
        else if (names === undefined) lost.set(holder, [node.name]);
        else names.push(node.name);
      });
      for (const [holder, names] of lost) {
        const older = egressIPAMs[holder]?.name ?? '';
        this.findings.push({
          code: 'OverlappingNodes',
          severity: 'warning',
          object: { kind: 'EgressIPAM', name: egressIPAM.name },
          message: `${names.length} of its nodes (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}) belong to the older EgressIPAM ${older}, which keeps them; change one of the two node selectors`,
        });
      }
    }
  }

  #group(snapshot: ParsedSnapshot, index: number, selected: readonly number[], cidr: Cidr): NodeGroup {
    const isSelected = new Uint8Array(this.nodes.length);
    const isEligible = new Uint8Array(this.nodes.length);
    const isCandidate = new Uint8Array(this.nodes.length);
    const candidates: number[] = [];
    for (const node of selected) {
      isSelected[node] = 1;
      if (!this.#isUsable(snapshot, node)) continue;
      isEligible[node] = 1;
      if (!this.#isReadable(snapshot, node)) continue;
      isCandidate[node] = 1;
      candidates.push(node);
    }
    const parts = hostableParts(cidr, candidates.map((node) => this.subnetsOf[node]));
    return { index, selected, isSelected, isEligible, isCandidate, candidates, ...parts };
  }

  #isUsable(snapshot: ParsedSnapshot, node: number): boolean {
    if (this.nodes[node]?.source.ready !== true) return false;
    return snapshot.source.network.kind !== 'openshift-sdn' || this.hostSubnetOf[node] !== undefined;
  }

  #isReadable(snapshot: ParsedSnapshot, node: number): boolean {
    if (!snapshot.source.provider.attach || snapshot.observation === undefined) return true;
    const observed = snapshot.observation.nodes.get(this.nameOf(node));
    return observed !== undefined && observed.error === undefined;
  }
}

/** Until its HostSubnet goes too, what a node hosted is hosted there and nowhere else (law 1). */
function departedNode({ name }: ParsedHostSubnet): ParsedNode {
  return parseNode({ name, labels: {}, ready: false, addresses: [] });
}

/** The value of a node's topology label. A missing label has none, and never matches, not even an empty value. */
function topologyValue({ source: { labels } }: ParsedNode, topologyLabel: string): string | undefined {
  return Object.hasOwn(labels, topologyLabel) ? labels[topologyLabel] : undefined;
}

/** Which subnets a node can carry addresses of, from whoever attaches them. */
function subnetsOf(snapshot: ParsedSnapshot, node: ParsedNode, othersTell: boolean): readonly Cidr[] | undefined {
  const { provider, network } = snapshot.source;
  if (provider.attach) {
    const observed = snapshot.observation?.nodes.get(node.name);
    return observed === undefined || observed.error !== undefined ? undefined : observed.subnets;
  }
  if (network.kind === 'openshift-sdn') return provider.cloud ? node.egressIPConfig?.subnets : undefined;
  // OVN-Kubernetes assigns nothing to a node without `host-cidrs`, such as one of Windows, which a cloud announces like any other. Old releases have it nowhere.
  if (othersTell && node.hostSubnets === undefined) return [];
  if (provider.cloud) return node.egressIPConfig?.subnets ?? [];
  const known = [...(node.primarySubnets ?? []), ...(node.hostSubnets ?? [])];
  return node.primarySubnets === undefined ? (node.egressIPConfig?.subnets ?? known) : known;
}

/** The capacity that the cluster's own controller announces; what a provider limits is counted when it is known which addresses are ours. */
function announcedCapacity(snapshot: ParsedSnapshot, node: ParsedNode): NodeCapacity {
  const { provider } = snapshot.source;
  return provider.attach || !provider.cloud ? unlimited : (node.egressIPConfig?.capacity ?? unlimited);
}
