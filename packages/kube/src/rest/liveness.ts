import type { Clock, ClockTimer } from '../clock/clock.ts';
import { ApiError } from '../errors/api-error.ts';
import { TransportError } from '../errors/transport-error.ts';
import { Deadline } from './deadline.ts';
import type { Transport } from './transport.ts';

/** How a client finds out that the network fell silent. */
export interface LivenessOptions {
  /** Milliseconds between two probes. Default 5,000. */
  readonly interval?: number;
  /** Milliseconds in which a probe must be answered. Default 3,000. */
  readonly deadline?: number;
  /** What is asked; any answer, a failure too, proves life. Default `/version`, which every user may read. */
  readonly path?: string;
}

// While the server is away probes follow each other this fast, so that it is missed not long after it returned.
const retryMilliseconds = 1_000;

/**
 * Tells whether the API server answers, so that silent watches are not trusted for ever: a quiet watch and one whose
 * network is gone look the same.
 *
 * Probes travel on one kept-alive connection of their own. It has the fate of the watches' connections: one that was
 * cut by a change on the way (fail-over, lost NAT entries) stays silent also after the network is back, and so
 * tells what a probe on a fresh connection never could. Probing goes on only while something is watched.
 */
export class Liveness {
  readonly #transport: Transport;
  readonly #main: Transport;
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #deadline: number;
  readonly #path: string;
  readonly #watches = new Set<(reason: TransportError) => void>();
  readonly #waiting = new Set<() => void>();
  #timer: ClockTimer | undefined;
  #probing = false;
  #alive = true;
  #connected = false;

  constructor(transport: Transport, clock: Clock, options: LivenessOptions = {}) {
    this.#main = transport;
    this.#transport = transport.separate(1);
    this.#clock = clock;
    this.#interval = options.interval ?? 5_000;
    this.#deadline = options.deadline ?? 3_000;
    this.#path = options.path ?? '/version';
  }

  /** False from a failed probe to the next answered one. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Has `breakOff` called when the network is found dead, until the returned function is called. */
  watch(breakOff: (reason: TransportError) => void): () => void {
    this.#watches.add(breakOff);
    // The first probe only opens the connection, so that it is as old as the watches.
    this.#schedule(this.#connected ? this.#interval : 0);
    return () => {
      this.#watches.delete(breakOff);
      if (this.#watches.size > 0 || !this.#alive) return;
      this.#cancel();
      this.#connected = false;
    };
  }

  /** Waits until the server answers again, but no longer than so many milliseconds; at once while it is alive. */
  whenAlive(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#alive || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = this.#clock.setTimeout(done, milliseconds);
      signal.addEventListener('abort', done, { once: true });
      this.#waiting.add(done);
    });
  }

  /** Stops probing. */
  close(): void {
    this.#watches.clear();
    this.#cancel();
    this.#transport.dropIdle();
  }

  #schedule(milliseconds: number): void {
    if (this.#timer || this.#probing) return;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      void this.#probe();
    }, milliseconds);
  }

  #cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  async #probe(): Promise<void> {
    this.#probing = true;
    const start = this.#clock.monotonic();
    const failure = await this.#ask();
    this.#probing = false;
    this.#connected = true;
    if (failure === undefined) this.#answered(start);
    else this.#failed(failure);
    if (this.#watches.size > 0 || !this.#alive) this.#schedule(this.#alive ? this.#interval : retryMilliseconds);
  }

  async #ask(): Promise<TransportError | undefined> {
    const deadline = new Deadline(this.#clock, this.#deadline);
    try {
      await this.#transport.exchange(
        'GET',
        this.#path,
        { label: { verb: 'get', resource: 'liveness' } },
        deadline.signal,
      );
      return undefined;
    } catch (error) {
      if (ApiError.isInstance(error)) return undefined;
      return TransportError.isInstance(error)
        ? error
        : new TransportError(String(error), { kind: 'protocol', outcome: 'unknown' });
    } finally {
      deadline.end();
    }
  }

  #failed(failure: TransportError): void {
    this.#alive = false;
    this.#transport.dropIdle();
    const watches = [...this.#watches];
    this.#watches.clear();
    for (const breakOff of watches) breakOff(failure);
  }

  #answered(start: number): void {
    if (this.#alive) return;
    this.#alive = true;
    // What was asked before the network came back would wait out its deadline on a connection that may be dead for
    // good.
    this.#main.breakOff(
      (request) => request.start < start,
      new TransportError('the connection fell silent', { kind: 'reset', outcome: 'unknown' }),
    );
    this.#main.dropIdle();
    for (const proceed of [...this.#waiting]) proceed();
  }
}
