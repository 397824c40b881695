import { compileSelector, type Claimant, type LabelSelector, type NetworkObstacle } from '@egressip-ipam/core';
import { namespaceNameLabel } from '../kinds/names.ts';
import type { ParsedEgress } from './parse-egress.ts';

/** Why a namespace cannot be served beside Egresses that people made: one counts for a pod, and which one is chance. */
export function foreignObstacles(
  foreign: readonly ParsedEgress[],
  claimantOf: (namespace: string) => Claimant | undefined,
): (namespace: string) => NetworkObstacle | undefined {
  return (namespace) => {
    const labels = { [namespaceNameLabel]: namespace, ...claimantOf(namespace)?.labels };
    const rival = foreign.find(({ source }) => mayApply(source.namespaceSelector, source.podSelector, labels));
    return (
      rival && {
        code: 'ForeignEgress',
        message: `Egress ${rival.name} applies to pods of namespace ${namespace}, too, and for one pod Antrea takes one Egress: delete it, or narrow it down to other namespaces.`,
      }
    );
  };
}

function mayApply(
  namespaceSelector: LabelSelector | undefined,
  podSelector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (namespaceSelector === undefined) return podSelector !== undefined;
  const compiled = compileSelector(namespaceSelector);
  return compiled.ok && compiled.matches(labels);
}
