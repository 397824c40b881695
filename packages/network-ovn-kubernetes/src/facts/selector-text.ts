import type { LabelSelector } from '@egressip-ipam/core';

/** A label selector in one form for all that say the same in the same order of requirements. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  return JSON.stringify([
    Object.entries(matchLabels).sort(([a], [b]) => (a < b ? -1 : 1)),
    matchExpressions.map(({ key, operator, values = [] }) => [key, operator, values]),
  ]);
}
