import { parseAddress, type RefusedAddress } from '@egressip-ipam/core';

/** Longer lists help nobody, and an object has its limits. */
const most = 1_000;

/** Addresses that the network or the cloud refused, each until a while after it did so last. */
export class RefusedAddresses {
  readonly #lifetime: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, RefusedAddress & { readonly until: number }>();

  /** @param lifetime in milliseconds */
  constructor(lifetime: number, now: () => number) {
    this.#lifetime = lifetime;
    this.#now = now;
  }

  /** Takes in what was refused just now. */
  note(refused: readonly Omit<RefusedAddress, 'since'>[]): void {
    const since = new Date(this.#now()).toISOString();
    this.recall(refused.map((entry) => ({ ...entry, since: this.#entries.get(entry.address)?.since ?? since })));
  }

  /**
   * Takes in what was written down before a restart, for its whole time anew: when it was refused last is not written.
   */
  recall(refused: readonly RefusedAddress[]): void {
    const until = this.#now() + this.#lifetime;
    for (const entry of refused.filter(isReadable))
      if (this.#entries.size < most || this.#entries.has(entry.address))
        this.#entries.set(entry.address, { ...entry, until });
  }

  /** Those that are remembered still, by address. */
  list(): readonly RefusedAddress[] {
    const now = this.#now();
    for (const [address, { until }] of this.#entries) if (until < now) this.#entries.delete(address);
    return [...this.#entries.values()]
      .map(({ address, reason, since }) => ({ address, reason, since }))
      .sort((one, other) => (one.address < other.address ? -1 : 1));
  }

  /** When the next of them may be tried again, milliseconds since 1970. */
  get next(): number | undefined {
    const ends = [...this.#entries.values()].map(({ until }) => until);
    return ends.length === 0 ? undefined : Math.min(...ends) + 1;
  }
}

function isReadable({ address, since }: RefusedAddress): boolean {
  return parseAddress(address) !== undefined && !Number.isNaN(Date.parse(since));
}
