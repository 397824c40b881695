import type { Labels } from '../snapshot/label-selector.ts';

/** The team of a namespace with these labels; those without the label are one team. */
export function teamOf(labels: Labels | undefined, label: string): string {
  return labels?.[label] ?? '';
}
