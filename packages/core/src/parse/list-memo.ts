import { compareNames } from '../snapshot/compare-names.ts';

interface Named {
  readonly name: string;
}

/**
 * Parses lists of objects and remembers each result by the object it came from:
 * parsing is pure, so what is remembered can never differ from what would be parsed
 * again. The lists are sorted by name, so that the last one and the next one are
 * walked side by side. It is all that a back end remembers.
 */
export class ListMemo<Source extends Named, Parsed extends Named> {
  readonly #parse: (source: Source) => Parsed;
  #lastSources: readonly Source[] = [];
  #lastParsed: readonly Parsed[] = [];

  constructor(parse: (source: Source) => Parsed) {
    this.#parse = parse;
  }

  /** One parsed object per source, sorted by name; of two with one name the first counts. */
  parseAll(sources: readonly Source[]): readonly Parsed[] {
    if (sources === this.#lastSources) return this.#lastParsed;
    const sorted = inOrder(sources, this.#lastSources);
    const parsed = new Array<Parsed>(sorted.length);
    let position = 0;
    for (let index = 0; index < sorted.length; index += 1) {
      const source = sorted[index] as Source;
      let before = this.#lastSources[position];
      while (before !== undefined && before !== source && before.name < source.name) {
        before = this.#lastSources[(position += 1)];
      }
      const known = before === source ? this.#lastParsed[position] : undefined;
      if (before === source) position += 1;
      parsed[index] = known ?? this.#parse(source);
    }
    this.#lastSources = sorted;
    this.#lastParsed = parsed;
    return parsed;
  }
}

/**
 * A list itself where it is sorted by name, each name once; else a sorted copy. Neighbours that were neighbours in the
 * last list, which is sorted, are not compared again.
 */
function inOrder<Entry extends Named>(entries: readonly Entry[], last: readonly Entry[]): readonly Entry[] {
  return isSortedByName(entries, last) ? entries : sortedByName(entries);
}

function isSortedByName(entries: readonly Named[], last: readonly Named[]): boolean {
  let position = 0;
  let wasKnown = false;
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] as Named;
    let before = last[position];
    while (before !== undefined && before !== entry && before.name < entry.name) before = last[(position += 1)];
    const isKnown = before === entry;
    if (isKnown) position += 1;
    if (index > 0 && !(isKnown && wasKnown) && !((entries[index - 1]?.name ?? '') < entry.name)) return false;
    wasKnown = isKnown;
  }
  return true;
}

function sortedByName<Source extends Named>(sources: readonly Source[]): readonly Source[] {
  const sorted = [...sources].sort((a, b) => compareNames(a.name, b.name));
  return sorted.filter((entry, index) => index === 0 || sorted[index - 1]?.name !== entry.name);
}
