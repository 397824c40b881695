import type { Finding } from '../finding/finding.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import { compareNames } from '../snapshot/compare-names.ts';
import type { NodeTable } from './node-table.ts';

/** Who has which node, and who has to do without. */
export interface SharedNodes {
  /** The EgressIPAM that has a node, by its position. */
  readonly holderOf: (node: NodeIndex) => number | undefined;
  readonly findings: readonly Finding[];
}

/** Gives each node to the oldest EgressIPAM that wants it. */
export function shareOutNodes(egressIPAMs: readonly ParsedEgressIPAM[], nodes: NodeTable): SharedNodes {
  const holders = new Array<number | undefined>(nodes.nodes.length).fill(undefined);
  const findings: Finding[] = [];
  const byAge = [...egressIPAMs.entries()].sort(
    ([, a], [, b]) => a.createdAt - b.createdAt || compareNames(a.name, b.name),
  );
  for (const [position, egressIPAM] of byAge) {
    const lost = new Map<number, string[]>();
    for (const [index, node] of nodes.entries()) {
      if (!wants(egressIPAM, node.source.labels)) continue;
      const holder = holders[index];
      if (holder === undefined) holders[index] = position;
      else lost.set(holder, [...(lost.get(holder) ?? []), node.name]);
    }
    for (const [holder, names] of lost) findings.push(overlap(egressIPAM, egressIPAMs[holder]?.name ?? '', names));
  }
  return { holderOf: (node) => holders[node], findings };
}

/**
 * Whether labels are those of a node of the EgressIPAM. A missing topology label never matches, not even an empty
 * value.
 */
function wants(
  { assignments, source, selectsNode }: ParsedEgressIPAM,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (!Object.hasOwn(labels, source.topologyLabel)) return false;
  const value = labels[source.topologyLabel];
  return assignments.some(({ labelValue }) => labelValue === value) && selectsNode(labels);
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
