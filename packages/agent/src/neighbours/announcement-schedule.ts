/**
 * When an address that was taken is announced, in milliseconds after that: old kernels lock for a second, switches
 * forget.
 */
const first = [0, 1_100, 2_200, 3_300, 4_400] as const;
const everyMinute = 60_000;

/** The addresses that are due at a time, and when the next ones are. */
export interface DueAnnouncements {
  readonly due: readonly string[];
  /** Monotonic milliseconds; undefined when nothing is held. */
  readonly next: number | undefined;
}

/** Remembers what was announced last, by address. */
export class AnnouncementSchedule {
  readonly #taken = new Map<string, { readonly at: number; announced: number }>();

  /** An address was taken, or put back; it is announced from this time on. */
  take(address: string, at: number): void {
    this.#taken.set(address, { at, announced: 0 });
  }

  /** It was put back: others know where it is, unless they are being told just now. */
  takeAgain(address: string, at: number): void {
    if ((this.#taken.get(address)?.announced ?? Infinity) >= first.length) this.take(address, at);
  }

  /** Only these are held any more. */
  keep(held: ReadonlySet<string>): void {
    for (const address of this.#taken.keys()) if (!held.has(address)) this.#taken.delete(address);
  }

  /** Takes note that what is due now is announced. */
  due(now: number): DueAnnouncements {
    const due: string[] = [];
    let next: number | undefined;
    for (const [address, entry] of this.#taken) {
      if (entry.at + offsetOf(entry.announced) <= now) {
        due.push(address);
        // What was missed while the process stood still is not made up for.
        while (entry.at + offsetOf(entry.announced) <= now) entry.announced++;
      }
      const upcoming = entry.at + offsetOf(entry.announced);
      next = next === undefined ? upcoming : Math.min(next, upcoming);
    }
    return { due, next };
  }
}

function offsetOf(index: number): number {
  return first[index] ?? (index - first.length + 1) * everyMinute;
}
