import { compileSelector, type Claimant, type Labels, type NetworkObstacle } from '@egressip-ipam/core';
import { namespaceNameLabel } from '../kinds/names.ts';
import { onlyNamespace, type ParsedEgress } from './parse-egress.ts';

/** What stands between a namespace and an Egress of ours for it. */
export type ObstacleOf = (namespace: string) => NetworkObstacle | undefined;

/** Why a namespace cannot be served beside Egresses that people made: one counts for a pod, and which one is chance. */
export function foreignObstacles(
  foreign: readonly ParsedEgress[],
  claimantOf: (namespace: string) => Claimant | undefined,
): ObstacleOf {
  const byNamespace = new Map<string, ParsedEgress>();
  const others: { readonly egress: ParsedEgress; readonly mayApply: (labels: Labels) => boolean }[] = [];
  for (const egress of foreign) {
    const namespace = onlyNamespace(egress.source.namespaceSelector);
    if (namespace === undefined) others.push({ egress, mayApply: matcherOf(egress) });
    else if (!byNamespace.has(namespace)) byNamespace.set(namespace, egress);
  }
  const rivalOf = (namespace: string): ParsedEgress | undefined => {
    const known = byNamespace.get(namespace);
    if (known !== undefined || others.length === 0) return known;
    const labels = { [namespaceNameLabel]: namespace, ...claimantOf(namespace)?.labels };
    return others.find(({ mayApply }) => mayApply(labels))?.egress;
  };
  return (namespace) => {
    const rival = rivalOf(namespace);
    return (
      rival && {
        code: 'ForeignEgress',
        message: `Egress ${rival.name} applies to pods of namespace ${namespace}, too, and for one pod Antrea takes one Egress: delete it, or narrow it down to other namespaces.`,
      }
    );
  };
}

/** Whether it may apply to a pod of a namespace with some labels. */
function matcherOf({ source: { namespaceSelector, podSelector } }: ParsedEgress): (labels: Labels) => boolean {
  if (namespaceSelector === undefined) return () => podSelector !== undefined;
  const compiled = compileSelector(namespaceSelector);
  return compiled.ok ? compiled.matches : () => false;
}
