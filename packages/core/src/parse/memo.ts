interface Named {
  readonly name: string;
}

/**
 * Parses lists of objects and remembers each result by the object it came from.
 * This is all that a planner remembers: parsing is pure, so what is remembered
 * can never differ from what would be parsed again. The lists are sorted by name,
 * so that the last one and the next one are walked side by side.
 */
export class Memo<Source extends Named, Parsed extends Named> {
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
    walkTogether(this.#lastSources, sorted, (before, index) => {
      parsed[index] = this.#lastParsed[before] ?? this.#parse(sorted[index] as Source);
    });
    this.#lastSources = sources === sorted ? sources : sorted;
    this.#lastParsed = parsed;
    return parsed;
  }
}

/** Visits the entries of a sorted list in order, each with its position in the list before, also sorted; -1 for those that are new or have changed. */
function walkTogether<Entry extends Named>(last: readonly Entry[], next: readonly Entry[], visit: (before: number, index: number) => void): void {
  let position = 0;
  for (let index = 0; index < next.length; index += 1) {
    const entry = next[index] as Entry;
    let before = last[position];
    while (before !== undefined && before !== entry && before.name < entry.name) before = last[(position += 1)];
    if (before === entry) {
      visit(position, index);
      position += 1;
    } else visit(-1, index);
  }
}

/** The first position, from a hint on, whose name is not before a name. Found fast where it is near. */
export function seek(entries: readonly Named[], name: string, hint: number): number {
  let low = hint;
  if (entries[low]?.name === name) return low;
  let step = 1;
  let high = low;
  while (high < entries.length && (entries[high]?.name ?? '') < name) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  high = Math.min(high, entries.length);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.name ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A list itself where it is sorted by name, each name once; else a sorted copy. Neighbours that were neighbours in the last list, which is sorted, are not compared again. */
export function inOrder<Entry extends Named>(entries: readonly Entry[], last: readonly Entry[]): readonly Entry[] {
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

/** Orders names by code unit, the same everywhere. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
