interface Named {
  readonly name: string;
}

/** One difference between two lists that are sorted by name; positions are those of the next list. */
export interface Edit {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly index: number;
}

/**
 * What makes the next list of the last one, which is sorted by name. Objects are compared by identity, so that
 * the many that are the same cost one look each. Undefined with more than `most` differences, and where the next
 * list is not sorted, or has a name twice.
 */
export function editsBetween(last: readonly Named[], next: readonly Named[], most: number): readonly Edit[] | undefined {
  const edits: Edit[] = [];
  if (last === next) return edits;
  let position = 0;
  let index = 0;
  while (index < next.length || position < last.length) {
    const before = last[position];
    const entry = next[index];
    if (before !== entry) {
      const kind = differenceOf(before, entry);
      const isOutOfOrder = kind === 'added' && index > 0 && !((next[index - 1]?.name ?? '') < (entry?.name ?? ''));
      if (edits.length === most || isOutOfOrder) return undefined;
      edits.push({ kind, index });
      if (kind === 'removed') index -= 1;
      if (kind === 'added') position -= 1;
    }
    index += 1;
    position += 1;
  }
  return edits;
}

function differenceOf(before: Named | undefined, entry: Named | undefined): Edit['kind'] {
  if (before === undefined) return 'added';
  if (entry === undefined) return 'removed';
  return entry.name < before.name ? 'added' : entry.name === before.name ? 'changed' : 'removed';
}
