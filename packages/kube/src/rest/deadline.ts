import type { Clock, ClockTimer } from '../clock/clock.ts';
import { TransportError } from '../errors/transport-error.ts';

/** A signal that is aborted when the time is up or another signal is, whichever comes first. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #end: number;
  readonly #timer: ClockTimer;
  readonly #parent: AbortSignal | undefined;

  constructor(clock: Clock, milliseconds: number, parent?: AbortSignal) {
    this.#clock = clock;
    this.#end = clock.monotonic() + milliseconds;
    this.#timer = clock.setTimeout(() => {
      this.#controller.abort(
        new TransportError(`no answer within ${milliseconds / 1000} s`, { kind: 'timeout', outcome: 'unknown' }),
      );
    }, milliseconds);
    this.#parent = parent;
    if (parent?.aborted) this.#onParentAbort();
    else parent?.addEventListener('abort', this.#onParentAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Milliseconds left. */
  remaining(): number {
    return this.#end - this.#clock.monotonic();
  }

  /** Takes the time limit away and leaves the other signal in force. */
  stopTimer(): void {
    this.#timer.cancel();
  }

  /** To be called when what it guards has ended. */
  end(): void {
    this.#timer.cancel();
    this.#parent?.removeEventListener('abort', this.#onParentAbort);
  }

  readonly #onParentAbort = (): void => {
    this.#timer.cancel();
    const reason: unknown = this.#parent?.reason;
    this.#controller.abort(
      TransportError.isInstance(reason)
        ? reason
        : new TransportError('aborted by the caller', { kind: 'aborted', outcome: 'unknown', cause: reason }),
    );
  };
}
