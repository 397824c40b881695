/**
 * Addresses that something under way may be putting somewhere or taking from there: nobody else touches them meanwhile.
 */
export class AddressHolds {
  readonly #count = new Map<string, number>();

  /** Holds addresses until the returned function is called. */
  hold(addresses: readonly string[]): () => void {
    for (const address of addresses) this.#count.set(address, (this.#count.get(address) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      for (const address of addresses) {
        const rest = (this.#count.get(address) ?? 1) - 1;
        if (rest === 0) this.#count.delete(address);
        else this.#count.set(address, rest);
      }
    };
  }

  /** Whether anything under way holds an address. */
  isHeld(address: string): boolean {
    return this.#count.has(address);
  }
}
