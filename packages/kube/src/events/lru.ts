/** A Map that forgets what was not used for longest when it grows beyond its size. */
export class LruMap<Key, Value> {
  readonly #size: number;
  readonly #map = new Map<Key, Value>();

  constructor(size: number) {
    this.#size = size;
  }

  /** The value, which counts as use. */
  get(key: Key): Value | undefined {
    const value = this.#map.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#size) return;
    for (const oldest of this.#map.keys()) {
      this.#map.delete(oldest);
      break;
    }
  }

  delete(key: Key): void {
    this.#map.delete(key);
  }
}
