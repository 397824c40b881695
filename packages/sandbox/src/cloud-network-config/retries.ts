/** What fails is tried again so often, each time after twice the pause. */
const mostRetries = 15;
const firstPause = 5;

interface Failure {
  readonly asked: string;
  readonly count: number;
  readonly until: number;
}

/**
 * When to try again what failed: as the real controller's queue does, up to a number, and then only when something else
 * is asked for.
 */
export class Retries {
  readonly #failures = new Map<string, Failure>();

  /** Whether something that is asked for may be tried now. */
  isDue(name: string, asked: string): boolean {
    const failure = this.#failures.get(name);
    return failure === undefined || failure.asked !== asked || Date.now() >= failure.until;
  }

  /** Notes a failure; returns after how many milliseconds it is tried again, undefined for never. */
  fail(name: string, asked: string): number | undefined {
    const last = this.#failures.get(name);
    const count = last?.asked === asked ? last.count + 1 : 1;
    if (count > mostRetries) return this.giveUp(name, asked);
    const pause = firstPause * 2 ** (count - 1);
    this.#failures.set(name, { asked, count, until: Date.now() + pause });
    return pause;
  }

  /** Notes a failure that trying again does not help. */
  giveUp(name: string, asked: string): undefined {
    this.#failures.set(name, { asked, count: mostRetries, until: Infinity });
  }

  /** Forgets the failures of what succeeded, or is gone. */
  succeed(name: string): void {
    this.#failures.delete(name);
  }
}
