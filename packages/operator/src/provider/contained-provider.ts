import {
  describeProvider,
  ProviderError,
  type ApplyOptions,
  type CloudProvider,
  type ObserveOptions,
  type ProviderChangeResult,
  type ProviderErrorDescription,
  type ProviderObservation,
} from '@egressip-ipam/core';
import type { Clock } from '@egressip-ipam/kube';
import { inOneLine, WrongShape } from '../built-in/answers.ts';
import { parseErrorDescription, parseObservation, parseResults } from './parse-answers.ts';

/**
 * How a provider broke its contract: no answer in time, an answer of another shape, or an error that is no
 * ProviderError.
 */
export type ProviderFault = 'no-answer' | 'wrong-answer' | 'threw';

/** How a provider is contained; times in milliseconds. */
export interface ContainmentOptions {
  readonly clock: Clock;
  /** Told of every fault, with what was thrown where something was. */
  readonly onFault: (call: 'observe' | 'apply', fault: ProviderFault, error: unknown) => void;
  readonly longestObserve?: number;
  readonly longestApply?: number;
}

/** A provider behind a wall. */
export interface ContainedProvider extends CloudProvider {
  /** Why what it shows cannot be relied on just now, in a sentence; undefined while it answers as it should. */
  readonly trouble: string | undefined;
}

const longestObserve = 60_000;
const longestApply = 120_000;
/** Calls that were given up and go on all the same; beyond so many none is begun. */
const mostHanging = 16;

/**
 * A provider whose mistakes stay its own: answers are parsed, whatever is thrown becomes a {@link ProviderError}, calls
 * end by our clock whether the provider heeds the signal or not, and what it says after that is not listened to. What
 * it is asked it gets as a copy, which it may change.
 */
export function containProvider(provider: CloudProvider, options: ContainmentOptions): ContainedProvider {
  const calls = new Calls(options);
  let trouble: string | undefined;
  return {
    ...describeProvider(provider),
    get trouble() {
      return trouble;
    },
    async observe({ signal, ...asked }: ObserveOptions): Promise<ProviderObservation> {
      try {
        const seen = await calls.call(
          'observe',
          options.longestObserve ?? longestObserve,
          signal,
          (ended) => provider.observe({ ...structuredClone(asked), signal: ended }),
          (answer) => parseObservation(answer, asked),
        );
        trouble = undefined;
        return seen;
      } catch (error) {
        if (!signal.aborted) trouble = `provider ${provider.name} cannot be asked: ${describeError(error).message}`;
        throw error;
      }
    },
    apply({ signal, changes }: ApplyOptions): Promise<readonly ProviderChangeResult[]> {
      return calls.call(
        'apply',
        options.longestApply ?? longestApply,
        signal,
        (ended) => provider.apply({ changes: structuredClone(changes), signal: ended }),
        (answer) => parseResults(answer, changes),
      );
    },
    ...(provider.changed === undefined ? {} : { changed: (signal: AbortSignal) => changeOf(provider, signal) }),
    close: () =>
      calls
        .call(
          'close',
          5_000,
          new AbortController().signal,
          () => provider.close?.(),
          () => undefined,
        )
        .catch(() => undefined),
  };
}

/** One that cannot tell of changes is looked at after a while, as if it had none to tell of. */
async function changeOf(provider: CloudProvider, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<void>((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  await Promise.race([start((ended) => provider.changed?.(ended), signal).catch(() => stopped), stopped]);
}

/**
 * What went wrong as a provider says it; errors of other kinds are of unknown effect. Whatever was thrown, this does
 * not throw.
 */
export function describeError(error: unknown): ProviderErrorDescription {
  try {
    if (ProviderError.isInstance(error)) return parseErrorDescription(error.description);
    return { class: 'unknown', message: inOneLine(error instanceof Error ? String(error.message) : String(error)) };
  } catch {
    return { class: 'unknown', message: 'what was thrown cannot be read' };
  }
}

function isProviderError(error: unknown): boolean {
  try {
    return ProviderError.isInstance(error);
  } catch {
    return false;
  }
}

type Call = 'observe' | 'apply' | 'close';

class Calls {
  readonly #options: ContainmentOptions;
  #hanging = 0;

  constructor(options: ContainmentOptions) {
    this.#options = options;
  }

  /**
   * Calls a function of the provider and parses its answer; ends by the signal or by our own clock, and with a
   * ProviderError.
   */
  async call<Value>(
    name: Call,
    longest: number,
    signal: AbortSignal,
    run: (signal: AbortSignal) => unknown,
    parse: (answer: unknown) => Value,
  ): Promise<Value> {
    if (this.#hanging >= mostHanging)
      throw this.#fault(name, 'no-answer', new Error(`${this.#hanging} earlier calls have not come to an end`));
    const ended = new AbortController();
    const late = Symbol('late');
    const timeUp = this.#whenOver(longest, signal, ended, late);
    try {
      const started = start(run, ended.signal);
      const answer = await Promise.race([started, timeUp.promise]);
      if (answer === late) {
        this.#giveUp(started);
        if (signal.aborted) throw new ProviderError({ class: 'unknown', message: `${name} was given up` });
        throw this.#fault(name, 'no-answer', new Error(`${name} has not answered within ${longest / 1000} s`));
      }
      return parse(answer);
    } catch (error) {
      if (isProviderError(error)) throw new ProviderError(describeError(error), { cause: error });
      throw this.#fault(name, error instanceof WrongShape ? 'wrong-answer' : 'threw', error);
    } finally {
      timeUp.cancel();
    }
  }

  /** What nobody waits for any more may still come, or be rejected, without harm; too many of them are no provider. */
  #giveUp(call: Promise<unknown>): void {
    this.#hanging += 1;
    const settled = (): void => void (this.#hanging -= 1);
    call.then(settled, settled);
  }

  #whenOver(
    longest: number,
    signal: AbortSignal,
    ended: AbortController,
    late: symbol,
  ): { readonly promise: Promise<symbol>; cancel(): void } {
    let cancel = (): void => undefined;
    const promise = new Promise<symbol>((resolve) => {
      const end = (): void => {
        ended.abort(signal.reason);
        resolve(late);
      };
      const timer = this.#options.clock.setTimeout(end, longest);
      signal.addEventListener('abort', end, { once: true });
      cancel = () => {
        timer.cancel();
        signal.removeEventListener('abort', end);
      };
      if (signal.aborted) end();
    });
    return { promise, cancel: () => cancel() };
  }

  #fault(name: Call, fault: ProviderFault, error: unknown): ProviderError {
    if (name !== 'close') this.#options.onFault(name, fault, error);
    const { message } = describeError(error);
    return new ProviderError(
      {
        class: 'unknown',
        message:
          fault === 'no-answer'
            ? `the provider does not answer: ${message}`
            : fault === 'wrong-answer'
              ? `the provider answers wrongly: ${message}`
              : `the provider failed: ${message}`,
      },
      { cause: error },
    );
  }
}

/** Calls a function of the provider; what it throws at once is a rejection, too. */
function start(run: (signal: AbortSignal) => unknown, signal: AbortSignal): Promise<unknown> {
  const answer = new Promise<unknown>((resolve) => resolve(run(signal)));
  answer.catch(() => undefined);
  return answer;
}
