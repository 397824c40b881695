import type { Address } from '../address/address.ts';
import { cidrContains } from '../address/cidr.ts';
import { firstWith } from '../address/cidr-holders.ts';
import { firstFew } from '../finding/list-texts.ts';
import type { EgressIPAMDecision } from '../network-contract/decisions.ts';
import type { PlacementMode } from '../network-contract/traits.ts';
import type { ParsedAssignment, ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import { unitedGroup, type NodeGroup } from './node-group.ts';
import type { NodeTable } from './node-table.ts';

/** Of so few CIDR assignments, as mostly, one is found without anything made for it. */
const few = 4;

/** One CIDR assignment with its nodes. */
export interface PoolAssignment {
  readonly assignment: ParsedAssignment;
  readonly group: NodeGroup;
  /** Position among those of the EgressIPAM that can be used. */
  readonly order: number;
}

/** What nodes an EgressIPAM has in one plan. */
export interface PoolNodes {
  readonly assignments: readonly PoolAssignment[];
  /** Whether a node belongs to the EgressIPAM. */
  readonly has: (node: NodeIndex) => boolean;
  /** The older EgressIPAMs that have nodes of a topology value in its place. */
  readonly olderWith: (labelValue: string) => readonly string[];
  readonly nodes: NodeTable;
  /** The number of the group of all its nodes. */
  readonly unitedIndex: number;
}

/** An EgressIPAM with its nodes, which are others in each plan, and who places its addresses. */
export class Pool {
  readonly egressIPAM: ParsedEgressIPAM;
  /** Position in the list of EgressIPAMs. */
  readonly index: number;
  readonly placement: PlacementMode;
  #given: PoolNodes;
  #united: NodeGroup | undefined;
  #decision: EgressIPAMDecision | undefined;

  constructor(egressIPAM: ParsedEgressIPAM, index: number, placement: PlacementMode, given: PoolNodes) {
    this.egressIPAM = egressIPAM;
    this.index = index;
    this.placement = placement;
    this.#given = given;
  }

  /** Says which nodes it has in the plan that begins. */
  give(given: PoolNodes): void {
    this.#given = given;
    this.#united = undefined;
    this.#decision = undefined;
  }

  get assignments(): readonly PoolAssignment[] {
    return this.#given.assignments;
  }

  get name(): string {
    return this.egressIPAM.name;
  }

  /** Whether a node belongs to the EgressIPAM. */
  has(node: NodeIndex): boolean {
    return this.#given.has(node);
  }

  /**
   * Why no node has the topology value of a CIDR assignment, in words: there is none, or an older EgressIPAM has them.
   */
  whyNoNodes({ labelValue }: Pick<ParsedAssignment, 'labelValue'>): string {
    const where = `${this.egressIPAM.source.topologyLabel}=${labelValue}`;
    const older = this.#given.olderWith(labelValue);
    if (older.length > 0)
      return `every node with ${where} that it selects belongs to the older EgressIPAM ${firstFew(older)}`;
    const { matchLabels = {}, matchExpressions = [] } = this.egressIPAM.source.nodeSelector ?? {};
    const isAny = Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
    return isAny ? `no node has ${where}` : `none of the nodes that its nodeSelector selects has ${where}`;
  }

  /** The way out of having no nodes for a CIDR assignment. */
  wayToNodes({ labelValue }: Pick<ParsedAssignment, 'labelValue'>): string {
    return this.#given.olderWith(labelValue).length > 0
      ? 'give each of the two its own nodes by nodeSelector or labelValue, or put the CIDR into the older one'
      : 'label nodes or correct labelValue';
  }

  /** The CIDR assignment that has an address; undefined when it lies in none. */
  assignmentOf(address: Address): PoolAssignment | undefined {
    const { assignments } = this;
    if (assignments.length > few) {
      const found = firstWith(this.egressIPAM.assignments, address);
      return found === undefined ? undefined : assignments[found.position];
    }
    for (let index = 0; index < assignments.length; index += 1) {
      const candidate = assignments[index];
      if (candidate !== undefined && cidrContains(candidate.assignment.cidr, address)) return candidate;
    }
    return undefined;
  }

  /** The nodes for an address: those of its CIDR assignment. Undefined when it lies in none. */
  groupOf(address: Address): NodeGroup | undefined {
    return this.assignmentOf(address)?.group;
  }

  /** All nodes of the EgressIPAM, for an address that lies in none of its CIDRs any more. */
  get anyNode(): NodeGroup {
    const { nodes, assignments, unitedIndex } = this.#given;
    this.#united ??= unitedGroup(
      nodes,
      assignments.map(({ group }) => group),
      unitedIndex,
    );
    return this.#united;
  }

  /** The EgressIPAM as back ends see it. */
  get decision(): EgressIPAMDecision {
    this.#decision ??= this.#makeDecision();
    return this.#decision;
  }

  #makeDecision(): EgressIPAMDecision {
    const { name, deleting, source, destinations, podsPerNamespace } = this.egressIPAM;
    const { nodeSelector, topologyLabel } = source;
    return {
      name,
      deleting,
      placement: this.placement,
      topologyLabel,
      ...(nodeSelector === undefined ? {} : { nodeSelector }),
      assignments: this.assignments.map(({ assignment: { cidr, labelValue, position }, group }) => ({
        cidr,
        labelValue,
        position,
        ...group.selection.names,
      })),
      destinations,
      podsPerNamespace,
    };
  }
}
