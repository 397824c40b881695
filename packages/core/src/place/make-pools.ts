import type { Address } from '../address/address.ts';
import { RangeIndex } from '../address/range-index.ts';
import type { Finding } from '../finding/finding.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import { nodeGroup } from './node-group.ts';
import { NodeSelection } from './node-selection.ts';
import type { NodeTable } from './node-table.ts';
import { Pool, type PoolNodes } from './pool.ts';
import { shareOutNodes } from './share-out-nodes.ts';

/** The EgressIPAMs with their nodes. */
export interface Pools {
  /** In the order of the snapshot. */
  readonly list: readonly Pool[];
  readonly named: (name: string) => Pool | undefined;
  /** The first whose CIDRs have an address. */
  readonly having: (address: Address) => Pool | undefined;
  /** The one that has a node. */
  readonly ofNode: (node: NodeIndex) => Pool | undefined;
  readonly findings: readonly Finding[];
}

/**
 * Gives each EgressIPAM its nodes, CIDR assignment by CIDR assignment.
 *
 * @param last the pools of the plan before: one whose EgressIPAM is the same goes on as the same object, with the nodes
 *   of today, so that what belongs to it need not be made anew
 */
export function makePools(
  egressIPAMs: readonly ParsedEgressIPAM[],
  nodes: NodeTable,
  traits: NetworkTraits,
  last: readonly Pool[],
): Pools {
  const shared = shareOutNodes(egressIPAMs, nodes);
  const selections = selectionsByValue(egressIPAMs, nodes, shared.holderOf);
  const nobody = new NodeSelection(nodes, []);
  const groups = egressIPAMs.reduce((sum, { assignments }) => sum + assignments.length, 0);
  let count = 0;
  const list = egressIPAMs.map((egressIPAM, index) => {
    const { nodeSelector } = egressIPAM.source;
    const assignments = egressIPAM.assignments.map((assignment, order) => {
      const { cidr, labelValue } = assignment;
      const isCarried = traits.families.includes(cidr.family);
      const selection = (isCarried ? selections[index]?.get(labelValue) : undefined) ?? nobody;
      return { assignment, group: nodeGroup(count++, selection, cidr), order };
    });
    const placement = traits.placement({
      name: egressIPAM.name,
      cidrs: egressIPAM.source.cidrAssignments.length,
      ...(nodeSelector === undefined ? {} : { nodeSelector }),
    });
    const given: PoolNodes = {
      assignments,
      has: (node) => shared.holderOf(node) === index,
      olderWith: (labelValue) => shared.olderWith(index, labelValue),
      nodes,
      unitedIndex: groups + index,
    };
    const before = last[index];
    if (before?.egressIPAM !== egressIPAM || before.placement !== placement)
      return new Pool(egressIPAM, index, placement, given);
    before.give(given);
    return before;
  });
  const byName = new Map(list.map((pool) => [pool.name, pool]));
  const ofNode = (node: NodeIndex): Pool | undefined => list[shared.holderOf(node) ?? list.length];
  let spaces: RangeIndex<PoolRange> | undefined;
  const having = (address: Address): Pool | undefined =>
    (spaces ??= new RangeIndex(rangesOf(list))).find(address)?.pool;
  return { list, named: (name) => byName.get(name), having, ofNode, findings: shared.findings };
}

/** A CIDR of an EgressIPAM. */
interface PoolRange {
  readonly first: Address;
  readonly last: Address;
  readonly pool: Pool;
}

function rangesOf(list: readonly Pool[]): readonly PoolRange[] {
  return list.flatMap((pool) =>
    pool.egressIPAM.assignments.map(({ cidr: { first, last } }) => ({ first, last, pool })),
  );
}

/** By EgressIPAM: its nodes by the value of its topology label. */
function selectionsByValue(
  egressIPAMs: readonly ParsedEgressIPAM[],
  nodes: NodeTable,
  holderOf: (node: NodeIndex) => number | undefined,
): readonly ReadonlyMap<string, NodeSelection>[] {
  const byValue = egressIPAMs.map(() => new Map<string, NodeIndex[]>());
  for (const [index, { source }] of nodes.entries()) {
    const holder = holderOf(index);
    if (holder === undefined) continue;
    const value = source.labels[egressIPAMs[holder]?.source.topologyLabel ?? ''] ?? '';
    const list = byValue[holder]?.get(value);
    if (list === undefined) byValue[holder]?.set(value, [index]);
    else list.push(index);
  }
  return byValue.map((lists) => new Map([...lists].map(([value, list]) => [value, new NodeSelection(nodes, list)])));
}
