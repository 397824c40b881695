import { type Claimant, type NetworkObstacle } from '@egressip-ipam/core';
import { SelectorIndex } from '@egressip-ipam/core/plugin';
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
  const others = new SelectorIndex<ParsedEgress>();
  for (const egress of foreign) {
    const namespace = onlyNamespace(egress.source.namespaceSelector);
    if (namespace === undefined) {
      if (selectsAny(egress)) others.add(egress.source.namespaceSelector, egress);
    } else if (!byNamespace.has(namespace)) byNamespace.set(namespace, egress);
  }
  const rivalOf = (namespace: string): ParsedEgress | undefined => {
    const known = byNamespace.get(namespace);
    if (known !== undefined || others.size === 0) return known;
    const labels = { [namespaceNameLabel]: namespace, ...claimantOf(namespace)?.labels };
    return others.matching(labels).next().value ?? undefined;
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

/** One without any selector applies to nothing. */
function selectsAny({ source: { namespaceSelector, podSelector } }: ParsedEgress): boolean {
  return namespaceSelector !== undefined || podSelector !== undefined;
}
