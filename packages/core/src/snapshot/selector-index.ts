import { compileSelector, type Labels } from './label-selector.ts';
import type { LabelSelector } from './snapshot.ts';

interface Entry<Item> {
  readonly item: Item;
  readonly position: number;
  readonly selector: LabelSelector;
  /** Made when it is asked first: of many thousands few ever are. */
  matches: ((labels: Labels) => boolean) | undefined;
}

/**
 * Many selectors, found by the labels of which each asks for one: thousands of them cost little for every namespace
 * that none selects. One that cannot be understood selects nothing.
 */
export class SelectorIndex<Item> {
  /** By key and value of a label that a selector asks for. */
  readonly #byValue = new Map<string, Map<string, Entry<Item>[]>>();
  /** By key of a label that a selector asks for, whatever its value. */
  readonly #byKey = new Map<string, Entry<Item>[]>();
  /** Those that select also what has no labels. */
  readonly #others: Entry<Item>[] = [];
  #size = 0;

  /** How many selectors there are. */
  get size(): number {
    return this.#size;
  }

  /** Adds what a selector stands for; without a selector it is for everything. */
  add(selector: LabelSelector | undefined, item: Item): void {
    const entry = { item, position: this.#size, selector: selector ?? {}, matches: undefined };
    this.#size += 1;
    const label = mostTelling(selector ?? {});
    if (label === undefined) this.#others.push(entry);
    else if (label.values === undefined) listIn(this.#byKey, label.key).push(entry);
    else for (const value of new Set(label.values)) listIn(this.#valuesOf(label.key), value).push(entry);
  }

  /**
   * What stands for selectors that select some labels, one after the other, in the order in which it was added: who
   * needs only the first few asks no more of them.
   */
  *matching(labels: Labels): Generator<Item, void> {
    const lists = this.#listsFor(labels);
    const next = lists.map(() => 0);
    for (;;) {
      let from: number | undefined;
      let first: Entry<Item> | undefined;
      for (let index = 0; index < lists.length; index += 1) {
        const entry = lists[index]?.[next[index] ?? 0];
        if (entry === undefined || (first !== undefined && first.position < entry.position)) continue;
        first = entry;
        from = index;
      }
      if (first === undefined || from === undefined) return;
      next[from] = (next[from] ?? 0) + 1;
      if (selects(first, labels)) yield first.item;
    }
  }

  /** Those that could select some labels; no selector stands in two of them. */
  #listsFor(labels: Labels): readonly (readonly Entry<Item>[])[] {
    const lists = this.#others.length === 0 ? [] : [this.#others];
    for (const key of Object.keys(labels)) {
      for (const list of [this.#byValue.get(key)?.get(labels[key] ?? ''), this.#byKey.get(key)])
        if (list !== undefined) lists.push(list);
    }
    return lists;
  }

  #valuesOf(key: string): Map<string, Entry<Item>[]> {
    let values = this.#byValue.get(key);
    if (values === undefined) this.#byValue.set(key, (values = new Map<string, Entry<Item>[]>()));
    return values;
  }
}

function selects(entry: Entry<unknown>, labels: Labels): boolean {
  if (entry.matches === undefined) {
    const compiled = compileSelector(entry.selector);
    entry.matches = compiled.ok ? compiled.matches : () => false;
  }
  return entry.matches(labels);
}

/** The label that tells most of those that a selector asks for, with its values where it names them. */
function mostTelling({
  matchLabels = {},
  matchExpressions = [],
}: LabelSelector): { readonly key: string; readonly values?: readonly string[] } | undefined {
  const [label] = Object.entries(matchLabels);
  if (label !== undefined) return { key: label[0], values: [label[1]] };
  const lists = matchExpressions.filter(({ operator }) => operator === 'In');
  lists.sort((a, b) => (a.values?.length ?? 0) - (b.values?.length ?? 0));
  const [list = matchExpressions.find(({ operator }) => operator === 'Exists')] = lists;
  if (list?.operator === 'Exists') return { key: list.key };
  return list;
}

function listIn<Key, Value>(lists: Map<Key, Value[]>, key: Key): Value[] {
  let list = lists.get(key);
  if (list === undefined) lists.set(key, (list = []));
  return list;
}
