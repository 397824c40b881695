/**
 * Parses lists of objects and remembers each result by the object it came from.
 * This is all that a planner remembers: parsing is pure, so what is remembered
 * can never differ from what would be parsed again. The lists are sorted by name,
 * so that the last one and the next one are walked side by side.
 */
export class Memo<Source extends { readonly name: string }, Parsed extends { readonly name: string }> {
  readonly #parse: (source: Source) => Parsed;
  #lastSources: readonly Source[] = [];
  #lastParsed: readonly Parsed[] = [];

  constructor(parse: (source: Source) => Parsed) {
    this.#parse = parse;
  }

  /** One parsed object per source, sorted by name; of two with one name the first counts. */
  parseAll(sources: readonly Source[]): readonly Parsed[] {
    if (sources === this.#lastSources) return this.#lastParsed;
    const sorted = isSortedByName(sources) ? sources : sortedByName(sources);
    const parsed = new Array<Parsed>(sorted.length);
    let position = 0;
    for (let index = 0; index < sorted.length; index += 1) {
      const source = sorted[index] as Source;
      let last = this.#lastSources[position];
      while (last !== undefined && last !== source && last.name < source.name) last = this.#lastSources[(position += 1)];
      const known = last === source ? this.#lastParsed[position] : undefined;
      if (known !== undefined) position += 1;
      parsed[index] = known ?? this.#parse(source);
    }
    this.#lastSources = sorted;
    this.#lastParsed = parsed;
    return parsed;
  }
}

function isSortedByName(entries: readonly { readonly name: string }[]): boolean {
  for (let index = 1; index < entries.length; index += 1) {
    if (!((entries[index - 1]?.name ?? '') < (entries[index]?.name ?? ''))) return false;
  }
  return true;
}

function sortedByName<Source extends { readonly name: string }>(sources: readonly Source[]): readonly Source[] {
  const sorted = [...sources].sort((a, b) => compareNames(a.name, b.name));
  return sorted.filter((entry, index) => index === 0 || sorted[index - 1]?.name !== entry.name);
}

/** Orders names by code unit, the same everywhere. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
