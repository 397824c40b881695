interface ListLike {
  readonly kind: string;
  readonly apiVersion?: unknown;
  readonly items?: unknown;
}

/** The objects of a List, of a plain array, or the one object itself. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isListLike(value)) return [value];
  if (!Array.isArray(value.items)) return [];
  const { kind, apiVersion } = value;
  // The API server's own lists, such as a NamespaceList, do not say the kind of each item.
  return kind === 'List'
    ? (value.items as unknown[])
    : value.items.map((item: unknown) => withKind(item, kind.slice(0, -'List'.length), apiVersion));
}

function withKind(item: unknown, kind: string, apiVersion: unknown): unknown {
  return typeof item === 'object' && item !== null && !Array.isArray(item) && !('kind' in item)
    ? { ...item, kind, apiVersion }
    : item;
}

function isListLike(value: unknown): value is ListLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    value.kind.endsWith('List')
  );
}

/** Whether a value says that it is a List, and has no list of items; null is Go's empty one. */
export function isBrokenList(value: unknown): value is ListLike {
  return isListLike(value) && value.items !== null && !Array.isArray(value.items);
}
