import { countBefore } from '../address/count-before.ts';
/** Something that belongs to a namespace. */
interface OfNamespace {
  readonly namespace: string;
}

/** Finds what belongs to a namespace. A `Map` by namespace does. */
export interface ByNamespace<Entry extends OfNamespace> {
  readonly size: number;
  get(namespace: string): Entry | undefined;
  values(): Iterable<Entry>;
}

/**
 * Entries of namespaces, no two of the same one, found by its name. Where they are in the order of names, which costs
 * nothing to arrange, nothing is made to find them by: who asks in that order too is answered at once.
 */
export class NamespaceIndex<Entry extends OfNamespace> implements ByNamespace<Entry> {
  readonly #entries: readonly Entry[];
  readonly #map: ReadonlyMap<string, Entry> | undefined;
  /** The position after the one that was asked for last. */
  #next = 0;

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
    this.#map = isAscending(entries) ? undefined : new Map(entries.map((entry) => [entry.namespace, entry]));
  }

  get size(): number {
    return this.#entries.length;
  }

  get(namespace: string): Entry | undefined {
    if (this.#map !== undefined) return this.#map.get(namespace);
    const entry = this.#entries[this.#next];
    if (entry?.namespace !== namespace) return this.#search(namespace);
    this.#next += 1;
    return entry;
  }

  values(): readonly Entry[] {
    return this.#entries;
  }

  #search(namespace: string): Entry | undefined {
    const entries = this.#entries;
    const position = countBefore(entries.length, (index) => (entries[index]?.namespace ?? '') < namespace);
    const found = entries[position];
    this.#next = found?.namespace === namespace ? position + 1 : position;
    return found?.namespace === namespace ? found : undefined;
  }
}

/** Whether entries are in the order of the names of their namespaces, each once. */
export function isAscending(entries: readonly OfNamespace[]): boolean {
  for (let index = 1; index < entries.length; index += 1) {
    if (!((entries[index - 1]?.namespace ?? '') < (entries[index]?.namespace ?? ''))) return false;
  }
  return true;
}
