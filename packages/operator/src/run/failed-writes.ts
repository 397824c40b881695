import type { WriteStep } from '../executor/write-step.ts';
import { reasonOf } from '../output/reason-of.ts';
import type { Log } from '../log/log.ts';

/** So many objects are remembered at most; beyond it all is told anew. */
const mostObjects = 10_000;

/**
 * Tells of writes that fail and are tried again and again: once per object and reason, and once that they came
 * through. A right that is missing would fill the log otherwise, with a line per namespace and try.
 */
export class FailedWrites {
  readonly #log: Log;
  /** By object: the reason that was told last. */
  readonly #told = new Map<string, string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** A write failed. */
  failed(step: WriteStep, error: unknown, retryInMilliseconds: number): void {
    const object = nameOf(step);
    const reason = reasonOf(error);
    const isKnown = this.#told.get(object) === reason;
    if (this.#told.size >= mostObjects) this.#told.clear();
    this.#told.set(object, reason);
    const fields = { object, reason, retryInMilliseconds: Math.round(retryInMilliseconds) };
    if (isKnown) this.#log.debug('a write failed again', fields);
    else this.#log.warn('a write failed', fields);
  }

  /** A write was answered. */
  done(step: WriteStep): void {
    if (this.#told.size === 0) return;
    const object = nameOf(step);
    if (this.#told.delete(object)) this.#log.info('what could not be written is written', { object });
  }
}

function nameOf({ object }: WriteStep): string {
  return `${object.kind}/${object.name}`;
}
