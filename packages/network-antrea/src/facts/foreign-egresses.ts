import { type Claimant, type NetworkObstacle } from '@egressip-ipam/core';
import { sameInOrder, SelectorIndex } from '@egressip-ipam/core/plugin';
import { namespaceNameLabel } from '../kinds/names.ts';
import { onlyNamespace, type ParsedEgress } from './parse-egress.ts';

/** What stands between a namespace and an Egress of ours for it. */
export type ObstacleOf = (namespace: string) => NetworkObstacle | undefined;

/**
 * Makes a reader of why a namespace cannot be served beside Egresses that people made: one counts for a pod, and which
 * one is chance. What they select is looked at when it changes, and not with each Egress of ours that comes or goes.
 */
export function createForeignReader(): (
  foreign: readonly ParsedEgress[],
  claimantOf: (namespace: string) => Claimant | undefined,
) => ObstacleOf {
  let last: { readonly foreign: readonly ParsedEgress[]; readonly rivals: Rivals } | undefined;
  return (foreign, claimantOf) => {
    if (last === undefined || !sameInOrder(last.foreign, foreign)) last = { foreign, rivals: rivalsAmong(foreign) };
    return obstaclesOf(last.rivals, claimantOf);
  };
}

interface Rivals {
  readonly byNamespace: ReadonlyMap<string, ParsedEgress>;
  readonly others: SelectorIndex<ParsedEgress>;
}

function rivalsAmong(foreign: readonly ParsedEgress[]): Rivals {
  const byNamespace = new Map<string, ParsedEgress>();
  const others = new SelectorIndex<ParsedEgress>();
  for (const egress of foreign) {
    const namespace = onlyNamespace(egress.source.namespaceSelector);
    if (namespace === undefined) {
      if (selectsAny(egress)) others.add(egress.source.namespaceSelector, egress);
    } else if (!byNamespace.has(namespace)) byNamespace.set(namespace, egress);
  }
  return { byNamespace, others };
}

function obstaclesOf(
  { byNamespace, others }: Rivals,
  claimantOf: (namespace: string) => Claimant | undefined,
): ObstacleOf {
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
