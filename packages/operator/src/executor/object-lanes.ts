/** Objects that are being written, by whoever writes them: two writes to one object are never under way. */
export class ObjectLanes {
  /** By lane: whether somebody else wanted it meanwhile. */
  readonly #taken = new Map<string, boolean>();
  readonly #onFree: () => void;

  /** @param onFree called when a lane is free again that somebody could not have before */
  constructor(onFree: () => void) {
    this.#onFree = onFree;
  }

  /** Takes a lane until the returned function is called; undefined where somebody else has it. */
  take(lane: string): (() => void) | undefined {
    if (this.isTaken(lane)) return undefined;
    this.#taken.set(lane, false);
    return () => {
      const isWanted = this.#taken.get(lane) === true;
      this.#taken.delete(lane);
      if (isWanted) this.#onFree();
    };
  }

  /** Whether somebody has a lane; who asks wants it. */
  isTaken(lane: string): boolean {
    if (!this.#taken.has(lane)) return false;
    this.#taken.set(lane, true);
    return true;
  }
}
