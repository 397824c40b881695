import type { Address } from '../address/address.ts';
import { cidrContains, type Cidr } from '../address/cidr.ts';
import type { NodeStanding } from '../network-contract/decisions.ts';
import { unlimited, type NetworkFacts, type NodeCapacity } from '../network-contract/facts.ts';
import { parseNode, type ParsedNode } from '../parse/parse-node.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import type { NodeNames } from '../ledger/node-names.ts';

/** The nodes of a snapshot: what they can carry, and what they carry in this plan. */
export class NodeTable {
  /** The snapshot's nodes, and behind them those that are gone while the network still hosts something on them. */
  readonly nodes: readonly ParsedNode[];
  /** How many of them the snapshot has. */
  readonly present: number;
  readonly #indexes: NodeNames;
  readonly #names: readonly string[];
  readonly #isReady: readonly boolean[];
  readonly #subnets: (readonly Cidr[] | undefined)[];
  readonly #capacities: NodeCapacity[];
  readonly #isUsable: boolean[];
  readonly #isReadable: boolean[];
  readonly #answers: boolean[];
  readonly #loadIPv4: Int32Array;
  readonly #loadIPv6: Int32Array;

  constructor(snapshot: ParsedSnapshot, facts: NetworkFacts, names: NodeNames) {
    this.#indexes = names;
    this.present = names.present;
    this.nodes = [...snapshot.nodes, ...names.departed.map(departedNode)];
    this.#names = this.nodes.map(({ name }) => name);
    this.#isReady = this.nodes.map(({ source }) => source.ready);
    this.#subnets = this.nodes.map((node) => subnetsOf(snapshot, facts, node));
    this.#capacities = this.nodes.map(({ name }) =>
      snapshot.source.provider.attach ? unlimited : facts.nodeOf(name).capacity,
    );
    this.#isUsable = this.nodes.map(
      ({ name, source, isLeaving }) => source.ready && !isLeaving && facts.nodeOf(name).usable,
    );
    this.#isReadable = this.nodes.map(({ name }) => isReadable(snapshot, name));
    this.#answers = this.nodes.map(
      ({ name }, index) => this.#isReadable[index] === true && snapshot.observation?.nodes.get(name)?.answers !== false,
    );
    this.#loadIPv4 = new Int32Array(this.nodes.length);
    this.#loadIPv6 = new Int32Array(this.nodes.length);
  }

  /** The index of a node. */
  indexOf(name: string): NodeIndex | undefined {
    return this.#indexes.indexOf(name);
  }

  /** Every index with its node. */
  *entries(): Iterable<readonly [NodeIndex, ParsedNode]> {
    for (const [index, node] of this.nodes.entries()) yield [index as NodeIndex, node];
  }

  /** The name of a node. */
  nameOf(index: NodeIndex): string {
    return this.#names[index] ?? '';
  }

  /** Whether a node is there and Ready. */
  isReady(index: NodeIndex): boolean {
    return this.#isReady[index] === true;
  }

  /** Whether a node is Ready, stays, and the network can use it. */
  isUsable(index: NodeIndex): boolean {
    return this.#isUsable[index] === true;
  }

  /** Whether a node may take what it does not carry yet. */
  takesNew(index: NodeIndex): boolean {
    return this.isUsable(index) && this.nodes[index]?.takesNew === true && this.#isReadable[index] === true;
  }

  /** Whether a node would take what it does not carry yet, if only what attaches addresses there answered. */
  isAwaited(index: NodeIndex): boolean {
    const node = this.nodes[index];
    return index < this.present && node?.takesNew === true && !node.isLeaving && this.#answers[index] !== true;
  }

  /** What is asked of a node, whether it is Ready or not. */
  standingOf(index: NodeIndex): NodeStanding {
    const node = this.nodes[index];
    if (index >= this.present || node?.isLeaving !== false) return 'leaving';
    return node.takesNew ? 'open' : 'cordoned';
  }

  /** The subnets that a node can carry addresses of; undefined where nothing is known, and then any. */
  subnetsOf(index: NodeIndex): readonly Cidr[] | undefined {
    return this.#subnets[index];
  }

  /** The subnets that nodes are in, as far as they are known, whoever attaches addresses there; each once. */
  allSubnets(): readonly Cidr[] {
    const known = [...this.#subnets, ...this.nodes.map(({ announced }) => announced)];
    return [...new Map(known.flatMap((own) => (own ?? []).map((subnet) => [subnet.text, subnet]))).values()];
  }

  /** Whether a node's subnets contain an address. */
  canHost(index: NodeIndex, address: Address): boolean {
    const subnets = this.#subnets[index];
    if (subnets === undefined) return true;
    for (let position = 0; position < subnets.length; position += 1) {
      const subnet = subnets[position];
      if (subnet !== undefined && cidrContains(subnet, address)) return true;
    }
    return false;
  }

  /** How many addresses of ours a node can carry. */
  capacityOf(index: NodeIndex): NodeCapacity {
    return this.#capacities[index] ?? unlimited;
  }

  /** Says how many addresses of ours a node can carry. */
  limit(index: NodeIndex, capacity: NodeCapacity): void {
    this.#capacities[index] = capacity;
  }

  /** Whether a node has room for one more address of a family, if need be once one of `leaving` has left. */
  hasRoom(index: NodeIndex, family: 4 | 6, leaving?: 4 | 6): boolean {
    const capacity = this.capacityOf(index);
    if (capacity === unlimited) return true;
    const ipv4 = (this.#loadIPv4[index] ?? 0) - Number(leaving === 4);
    const ipv6 = (this.#loadIPv6[index] ?? 0) - Number(leaving === 6);
    return (family === 4 ? ipv4 < capacity.ipv4 : ipv6 < capacity.ipv6) && ipv4 + ipv6 < capacity.total;
  }

  /** Counts an address in, or out with -1. */
  addLoad(index: NodeIndex, family: 4 | 6, amount: 1 | -1): void {
    const loads = family === 4 ? this.#loadIPv4 : this.#loadIPv6;
    loads[index] = (loads[index] ?? 0) + amount;
  }

  /** Load relative to capacity; nodes without a limit compare by their number of addresses. */
  relativeLoad(index: NodeIndex, family: 4 | 6): number {
    const capacity = this.capacityOf(index);
    const most = Math.min(family === 4 ? capacity.ipv4 : capacity.ipv6, capacity.total, 1_000_000);
    return ((this.#loadIPv4[index] ?? 0) + (this.#loadIPv6[index] ?? 0)) / Math.max(most, 1);
  }
}

/** Until the network lets go of it, what a node hosted is hosted there and nowhere else (law 1). */
function departedNode(name: string): ParsedNode {
  return parseNode({ name, labels: {}, ready: false, addresses: [] });
}

/** Which subnets a node can carry addresses of, from whoever attaches them. */
function subnetsOf(
  snapshot: ParsedSnapshot,
  facts: NetworkFacts,
  { name, announced }: ParsedNode,
): readonly Cidr[] | undefined {
  const observed = snapshot.observation?.nodes.get(name);
  const told = snapshot.source.provider.attach
    ? observed?.error === undefined
      ? observed?.subnets
      : undefined
    : facts.nodeOf(name).subnets;
  // Where nobody tells, as in files, what is announced is the interface's all the same.
  return told ?? announced;
}

/** Whether the provider could read a node, where it attaches. */
function isReadable({ source, observation }: ParsedSnapshot, name: string): boolean {
  if (!source.provider.attach || observation === undefined) return true;
  const observed = observation.nodes.get(name);
  return observed !== undefined && observed.error === undefined;
}
