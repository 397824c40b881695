/**
 * Parses lists of objects and remembers each result by the object it came from.
 * This is all that a planner remembers: parsing is pure, so what is remembered
 * can never differ from what would be parsed again.
 */
export class Memo<Source extends { readonly name: string }, Parsed extends { readonly name: string }> {
  readonly #parse: (source: Source) => Parsed;
  readonly #known = new WeakMap<Source, Parsed>();
  #lastSources: readonly Source[] = [];
  #lastParsed: readonly Parsed[] = [];

  constructor(parse: (source: Source) => Parsed) {
    this.#parse = parse;
  }

  /** One parsed object per source, sorted by name; of two with one name the first counts. */
  parseAll(sources: readonly Source[]): readonly Parsed[] {
    if (sources === this.#lastSources) return this.#lastParsed;
    const parsed: Parsed[] = [];
    let sorted = true;
    for (let index = 0; index < sources.length; index += 1) {
      const source = sources[index];
      if (source === undefined) continue;
      const result = this.#lastSources[index] === source ? this.#lastParsed[index] : undefined;
      const entry = result ?? this.#lookUp(source);
      const previous = parsed[parsed.length - 1];
      if (previous !== undefined && !(previous.name < entry.name)) sorted = false;
      parsed.push(entry);
    }
    if (!sorted) return sortedByName(parsed);
    this.#lastSources = sources;
    this.#lastParsed = parsed;
    return parsed;
  }

  #lookUp(source: Source): Parsed {
    let parsed = this.#known.get(source);
    if (parsed === undefined) {
      parsed = this.#parse(source);
      this.#known.set(source, parsed);
    }
    return parsed;
  }
}

function sortedByName<Parsed extends { readonly name: string }>(parsed: readonly Parsed[]): readonly Parsed[] {
  const sorted = [...parsed].sort((a, b) => compareNames(a.name, b.name));
  return sorted.filter((entry, index) => index === 0 || sorted[index - 1]?.name !== entry.name);
}

/** Orders names by code unit, the same everywhere. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
