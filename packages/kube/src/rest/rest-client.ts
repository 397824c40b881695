import type http from 'node:http';
import type { Clock } from '../clock/clock.ts';
import { systemClock } from '../clock/clock.ts';
import { sleep } from '../clock/sleep.ts';
import type { Connection } from '../connection/connection.ts';
import { ApiError } from '../errors/api-error.ts';
import { TransportError } from '../errors/transport-error.ts';
import { Deadline } from './deadline.ts';
import { Limiter } from './limiter.ts';
import { Liveness, type LivenessOptions } from './liveness.ts';
import { retryDelay, type RetryState } from './retry.ts';
import { ServerHistory } from './server-history.ts';
import type { Method, RequestObservation, RequestOptions } from './request.ts';
import { Transport } from './transport.ts';

/** Settings of a {@link RestClient}; all have defaults. */
export interface RestClientOptions {
  readonly clock?: Clock;
  /** Requests in flight at once; watches are not counted. Default 32. */
  readonly maxInFlight?: number;
  /** Milliseconds a request may take when it says nothing itself. Default 30,000. */
  readonly deadline?: number;
  readonly userAgent?: string;
  /**
   * The most that is read of an answer, and of a line of a watch, in bytes. Default 10 MiB: etcd takes no object of
   * more than 1.5 MiB (its `--max-request-bytes`), which JSON's escapes make six times as long at most.
   */
  readonly maxAnswerBytes?: number;
  /** Called after every HTTP exchange; must not throw. */
  readonly onRequest?: (observation: RequestObservation) => void;
  readonly liveness?: LivenessOptions;
}

/** Called right before the bytes of a write leave; throws when this process may no longer write. */
export type Fence = () => void;

const defaultMaxAnswerBytes = 10 << 20;

interface Shared {
  readonly maxAnswerBytes: number;
  readonly transport: Transport;
  readonly limiter: Limiter;
  readonly liveness: Liveness;
  readonly history: ServerHistory;
  readonly clock: Clock;
  readonly deadline: number;
}

/**
 * JSON requests to one API server over kept-alive connections.
 *
 * Every request ends by its deadline. A 429, and a 5xx that names a time, is tried again after that time (client-go's
 * rule); a 401 once with fresh credentials; a read whose idle connection turned out to be closed at once. Anything else
 * is the caller's to judge, by {@link ApiError} and {@link TransportError}.
 */
export class RestClient {
  readonly #shared: Shared;
  readonly #fence: Fence | undefined;

  /** @internal use {@link createRestClient} */
  constructor(shared: Shared, fence?: Fence) {
    this.#shared = shared;
    this.#fence = fence;
  }

  /** Whether the server can be reached, found out by a cheap request while anything is watched. */
  get liveness(): Liveness {
    return this.#shared.liveness;
  }

  /** How far the server has come, by what was seen of it, and whether it was set back. */
  get history(): ServerHistory {
    return this.#shared.history;
  }

  /** The most that is read of an answer, and of a line of a watch, in bytes. */
  get maxAnswerBytes(): number {
    return this.#shared.maxAnswerBytes;
  }

  /** The clock that all of this client's waiting uses. */
  get clock(): Clock {
    return this.#shared.clock;
  }

  /**
   * A client over the same connections whose writes, retries included, must each pass the fence, which is asked in the
   * very tick in which the bytes leave. Pair it with {@link abandonFencedWrites}.
   */
  withFence(fence: Fence): RestClient {
    return new RestClient(this.#shared, fence);
  }

  /**
   * Asks and returns the parsed JSON answer; a plain-text one, such as that of `/readyz`, as a string.
   *
   * @throws ApiError when the server answers with a failure
   * @throws TransportError when there is no complete answer; its `outcome` tells whether a write may have been applied
   * @throws FencedError when the fence does not let a write pass
   */
  async request(method: Method, path: string, options: RequestOptions = {}): Promise<unknown> {
    const { limiter } = this.#shared;
    const release = options.immediate
      ? undefined
      : await limiter.acquire(options.signal).catch((error: unknown) => {
          throw new TransportError(`${method} ${path}: given up while waiting for its turn`, {
            kind: 'aborted',
            outcome: 'never-sent',
            cause: error,
          });
        });
    const deadline = new Deadline(this.#shared.clock, options.deadline ?? this.#shared.deadline, options.signal);
    try {
      return await this.#withRetries(method, path, options, deadline);
    } finally {
      deadline.end();
      release?.();
    }
  }

  /**
   * Opens a GET whose answer is a stream, such as a watch. The deadline covers the head of the answer only; the stream
   * lasts until the server or the signal ends it. Takes no place among the requests in flight.
   *
   * @throws as {@link request}, but nothing is retried
   */
  async open(path: string, options: RequestOptions & { readonly signal: AbortSignal }): Promise<http.IncomingMessage> {
    const deadline = new Deadline(this.#shared.clock, options.deadline ?? this.#shared.deadline, options.signal);
    const reply = await this.#shared.transport.open('GET', path, options, deadline.signal).catch((error: unknown) => {
      deadline.end();
      throw error;
    });
    deadline.stopTimer();
    reply.response.once('close', () => deadline.end());
    if (reply.error) throw reply.error;
    return reply.response;
  }

  /**
   * Resets the connections of the fenced writes that are not answered yet, so that nothing of them that this machine
   * still holds can reach the server. To be called when the right to write is lost. They fail with an unknown outcome.
   */
  abandonFencedWrites(): void {
    const reason = new TransportError('given up: this process may no longer write', {
      kind: 'aborted',
      outcome: 'unknown',
    });
    this.#shared.transport.breakOff((request) => request.fenced, reason);
  }

  /**
   * Stops looking after liveness, breaks off the requests in flight, closes idle connections, and ends exec plug-ins
   * that run.
   */
  close(): void {
    this.#shared.liveness.close();
    this.#shared.transport.close();
  }

  async #withRetries(method: Method, path: string, options: RequestOptions, deadline: Deadline): Promise<unknown> {
    const { transport, clock } = this.#shared;
    const state: RetryState = { method, retries: 0, refreshedCredentials: false };
    for (;;) {
      try {
        return await transport.exchange(
          method,
          path,
          options,
          deadline.signal,
          method === 'GET' ? undefined : this.#fence,
        );
      } catch (error) {
        const delay = retryDelay(error, state);
        if (delay === undefined || delay >= deadline.remaining()) throw error;
        if (ApiError.isInstance(error) && error.status === 401) {
          state.refreshedCredentials = true;
          transport.refreshCredentials();
        }
        state.retries++;
        if (delay > 0 && !(await sleep(clock, delay, deadline.signal))) throw error;
      }
    }
  }
}

/** A client for the API server of a connection. It opens no connection until it is asked something. */
export function createRestClient(connection: Connection, options: RestClientOptions = {}): RestClient {
  const clock = options.clock ?? systemClock;
  const { maxAnswerBytes = defaultMaxAnswerBytes } = options;
  const transport = new Transport(connection, {
    clock,
    maxAnswerBytes,
    userAgent: options.userAgent ?? 'egressip-ipam-kube',
    ...(options.onRequest === undefined ? {} : { onRequest: options.onRequest }),
  });
  const liveness = new Liveness(transport, clock, options.liveness);
  return new RestClient({
    transport,
    liveness,
    history: new ServerHistory(),
    clock,
    maxAnswerBytes,
    limiter: new Limiter(options.maxInFlight ?? 32),
    deadline: options.deadline ?? 30_000,
  });
}
