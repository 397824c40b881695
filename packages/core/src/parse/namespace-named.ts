import type { ParsedNamespace } from './parse-namespace.ts';

/** The namespace of a name, of those of a snapshot, which are sorted by name. */
export function namespaceNamed(namespaces: readonly ParsedNamespace[], name: string): ParsedNamespace | undefined {
  let low = 0;
  let high = namespaces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((namespaces[middle]?.name ?? '') < name) low = middle + 1;
    else high = middle;
  }
  const found = namespaces[low];
  return found?.name === name ? found : undefined;
}
