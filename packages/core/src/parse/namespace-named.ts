import { countBefore } from '../address/count-before.ts';
import type { ParsedNamespace } from './parse-namespace.ts';

/** The namespace of a name, of those of a snapshot, which are sorted by name. */
export function namespaceNamed(namespaces: readonly ParsedNamespace[], name: string): ParsedNamespace | undefined {
  const found = namespaces[countBefore(namespaces.length, (index) => (namespaces[index]?.name ?? '') < name)];
  return found?.name === name ? found : undefined;
}
