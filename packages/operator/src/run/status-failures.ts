import type { Clock } from '@egressip-ipam/kube';
import { BackOff } from '../executor/back-off.ts';
import type { Log } from '../log/log.ts';
import { reasonOf } from '../output/reason-of.ts';

/** Statuses that could not be written: each is told once per reason, tried ever later, and keeps no other waiting. */
export class StatusFailures {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #back = new BackOff({ first: 1_000, longest: 60_000 });
  /** By EgressIPAM: the reason that was told last. */
  readonly #told = new Map<string, string>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Whether the status of an EgressIPAM may be tried now. */
  isDue(name: string): boolean {
    return this.#back.until(name) <= this.#clock.monotonic();
  }

  /** A status could not be written. */
  failed(name: string, error: unknown): void {
    const { delay } = this.#back.fail(name, this.#clock.monotonic());
    const reason = reasonOf(error);
    if (this.#told.get(name) === reason) return;
    this.#told.set(name, reason);
    this.#log.warn('a status cannot be written', { egressIPAM: name, reason, retryInMilliseconds: delay });
  }

  /** A status is as it should be. */
  done(name: string): void {
    this.#back.succeed(name);
    if (this.#told.delete(name)) this.#log.info('a status could be written again', { egressIPAM: name });
  }

  /** Forgets EgressIPAMs that are gone. */
  keepOnly(isKept: (name: string) => boolean): void {
    this.#back.keepOnly(isKept);
    for (const name of this.#told.keys()) if (!isKept(name)) this.#told.delete(name);
  }

  /** In how many milliseconds the next is to be tried; undefined where none failed. */
  get nextIn(): number | undefined {
    const due = [...this.#told.keys()].map((name) => this.#back.until(name) - this.#clock.monotonic());
    return due.length === 0
      ? undefined
      : Math.max(
          0,
          due.reduce((one, other) => Math.min(one, other)),
        );
  }
}
