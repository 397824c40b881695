import type { Finding } from '../finding/finding.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import type { ParsedNode } from '../parse/parse-node.ts';
import { compareNames } from '../snapshot/compare-names.ts';
import type { NodeTable } from './node-table.ts';

/** Who has which node, and who has to do without. */
export interface SharedNodes {
  /** The EgressIPAM that has a node, by its position. */
  readonly holderOf: (node: NodeIndex) => number | undefined;
  /** The older EgressIPAMs that have nodes of a topology value which one asks for, too, by its position. */
  readonly olderWith: (position: number, labelValue: string) => readonly string[];
  readonly findings: readonly Finding[];
}

/** Nodes that an older EgressIPAM has. */
interface Lost {
  readonly names: string[];
  readonly values: Set<string>;
}

/** Gives each node to the oldest EgressIPAM that wants it. */
export function shareOutNodes(egressIPAMs: readonly ParsedEgressIPAM[], nodes: NodeTable): SharedNodes {
  const holders = new Array<number | undefined>(nodes.nodes.length).fill(undefined);
  const findings: Finding[] = [];
  const byAge = [...egressIPAMs.entries()].sort(
    ([, a], [, b]) => a.createdAt - b.createdAt || compareNames(a.name, b.name),
  );
  const labelled = new LabelledNodes(nodes);
  const takeNodes = (egressIPAM: ParsedEgressIPAM, position: number): ReadonlyMap<number, Lost> => {
    const lost = new Map<number, Lost>();
    for (const [index, node] of labelled.of(egressIPAM)) {
      if (!egressIPAM.selectsNode(node.source.labels)) continue;
      const holder = holders[index];
      if (holder === undefined) holders[index] = position;
      else {
        let entry = lost.get(holder);
        if (entry === undefined) lost.set(holder, (entry = { names: [], values: new Set() }));
        entry.names.push(node.name);
        entry.values.add(node.source.labels[egressIPAM.source.topologyLabel] ?? '');
      }
    }
    return lost;
  };
  // Once one has taken all that a selection has, it is the same for all that have it after that.
  const taken = new Map<string, ReadonlyMap<number, Lost> | undefined>();
  const lostBy = new Array<ReadonlyMap<number, Lost> | undefined>(egressIPAMs.length).fill(undefined);
  for (const [position, egressIPAM] of byAge) {
    const selection = selectionOf(egressIPAM);
    const lost = taken.get(selection) ?? takeNodes(egressIPAM, position);
    taken.set(selection, taken.has(selection) ? lost : undefined);
    lostBy[position] = lost;
    for (const [holder, { names }] of lost) findings.push(overlap(egressIPAM, egressIPAMs[holder]?.name ?? '', names));
  }
  const olderWith = (position: number, labelValue: string): readonly string[] =>
    [...(lostBy[position] ?? [])].flatMap(([holder, { values }]) =>
      values.has(labelValue) ? [egressIPAMs[holder]?.name ?? ''] : [],
    );
  return { holderOf: (node) => holders[node], olderWith, findings };
}

/** What an EgressIPAM asks of nodes, as text. */
function selectionOf({ assignments, source: { topologyLabel, nodeSelector } }: ParsedEgressIPAM): string {
  const values = [...new Set(assignments.map(({ labelValue }) => labelValue))].sort();
  return JSON.stringify([topologyLabel, values, nodeSelector]);
}

type LabelledNode = readonly [NodeIndex, ParsedNode];

/** Finds nodes by the value of a label. One without the label has none, not even an empty value. */
class LabelledNodes {
  readonly #nodes: NodeTable;
  readonly #byLabel = new Map<string, ReadonlyMap<string, readonly LabelledNode[]>>();

  constructor(nodes: NodeTable) {
    this.#nodes = nodes;
  }

  /** The nodes whose topology value is that of some CIDR assignment, in order. */
  of({ assignments, source: { topologyLabel } }: ParsedEgressIPAM): readonly LabelledNode[] {
    const byValue = this.#byValue(topologyLabel);
    const values = new Set(assignments.map(({ labelValue }) => labelValue));
    const found = [...values].flatMap((value) => byValue.get(value) ?? []);
    return values.size === 1 ? found : found.sort(([a], [b]) => a - b);
  }

  #byValue(label: string): ReadonlyMap<string, readonly LabelledNode[]> {
    let byValue = this.#byLabel.get(label);
    if (byValue === undefined) {
      const entries = [...this.#nodes.entries()].filter(([, { source }]) => Object.hasOwn(source.labels, label));
      byValue = Map.groupBy(entries, ([, { source }]) => source.labels[label] ?? '');
      this.#byLabel.set(label, byValue);
    }
    return byValue;
  }
}

function overlap({ name }: ParsedEgressIPAM, older: string, names: readonly string[]): Finding {
  const list = `${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`;
  return {
    code: 'OverlappingNodes',
    severity: 'warning',
    object: { kind: 'EgressIPAM', name },
    message: `${names.length} of its nodes (${list}) belong to the older EgressIPAM ${older}, which keeps them; change one of the two node selectors`,
  };
}
