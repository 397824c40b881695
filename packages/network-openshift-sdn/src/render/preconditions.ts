import type { Precondition } from '@egressip-ipam/core';

/** Each precondition once. */
export function distinct(preconditions: readonly Precondition[]): readonly Precondition[] {
  if (preconditions.length < 2) return preconditions;
  return [...new Map(preconditions.map((precondition) => [keyOf(precondition), precondition])).values()];
}

function keyOf(precondition: Precondition): string {
  if (precondition.kind === 'step') return `step ${precondition.id}`;
  const { object, state } = precondition;
  return `${object.kind} ${object.name} ${state}`;
}
