/** Items of which the first one can be taken out again and again while others come in: a binary heap. */
export class Heap<Item> {
  readonly #items: Item[] = [];
  readonly #isBefore: (one: Item, other: Item) => boolean;

  /** @param isBefore whether one item comes out before another */
  constructor(isBefore: (one: Item, other: Item) => boolean) {
    this.#isBefore = isBefore;
  }

  /** The item that would come out now; undefined when there is none. */
  get first(): Item | undefined {
    return this.#items[0];
  }

  /** Puts an item in. */
  push(item: Item): void {
    const items = this.#items;
    let child = items.length;
    items.push(item);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = items[parent];
      if (above === undefined || !this.#isBefore(item, above)) break;
      items[child] = above;
      child = parent;
    }
    items[child] = item;
  }

  /** Takes the first item out. */
  pop(): Item | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last !== undefined && items.length > 0) this.#sink(last);
    return first;
  }

  /** Finds the place of an item that is put where the first one was. */
  #sink(item: Item): void {
    const items = this.#items;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      let least = items[child];
      const right = items[child + 1];
      if (least === undefined) break;
      if (right !== undefined && this.#isBefore(right, least)) {
        least = right;
        child += 1;
      }
      if (!this.#isBefore(least, item)) break;
      items[parent] = least;
      parent = child;
    }
    items[parent] = item;
  }
}
