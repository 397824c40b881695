import type http from 'node:http';
import type { Clock } from '../clock/clock.ts';
import type { Connection, Credentials } from '../connection/connection.ts';
import { ApiError, apiErrorFrom } from '../errors/api-error.ts';
import { FencedError } from '../errors/fenced-error.ts';
import { TransportError } from '../errors/transport-error.ts';
import { Agents } from './agents.ts';
import { exchange, readBody, toTransportError, type Endpoint } from './exchange.ts';
import type { Method, RequestObservation, RequestOptions } from './request.ts';

/** The body of a failure, in bytes: a Status is small. */
const maxFailureBytes = 1 << 20;

interface TransportOptions {
  readonly clock: Clock;
  readonly userAgent: string;
  /** The most that is read of an answer, in bytes. */
  readonly maxAnswerBytes: number;
  readonly onRequest?: (observation: RequestObservation) => void;
}

/** A request without an answer yet. */
interface InFlight {
  /** Monotonic time at which it began. */
  readonly start: number;
  readonly fenced: boolean;
}

/** The head of an answer; `error` is set, and the body read, when its status tells of a failure. */
interface Reply {
  readonly response: http.IncomingMessage;
  readonly error?: ApiError;
}

/** Single HTTP exchanges with one server: credentials, connections, parsing, observation. No policy. */
export class Transport {
  readonly #connection: Connection;
  readonly #endpoint: Endpoint;
  readonly #prefix: string;
  readonly #agents: Agents;
  readonly #options: TransportOptions;
  /** Those in flight, each with the means to break it off. */
  readonly #inFlight = new Map<AbortController, InFlight>();

  constructor(connection: Connection, options: TransportOptions, agents = new Agents(connection)) {
    const { protocol, hostname, port, pathname } = connection.server;
    const secure = protocol === 'https:';
    this.#connection = connection;
    // A URL has IPv6 addresses in brackets, a socket has not.
    this.#endpoint = { secure, host: hostname.replace(/^\[|\]$/g, ''), port: port || (secure ? '443' : '80') };
    this.#prefix = pathname.replace(/\/$/, '');
    this.#options = options;
    this.#agents = agents;
  }

  /** A transport to the same server that shares no connection with this one. */
  separate(maxSockets: number): Transport {
    return new Transport(this.#connection, this.#options, new Agents(this.#connection, maxSockets));
  }

  /** One request and its parsed answer. `beforeSend` may throw to stop it. */
  async exchange(
    method: Method,
    path: string,
    options: RequestOptions,
    signal: AbortSignal,
    beforeSend?: () => void,
  ): Promise<unknown> {
    const controller = new AbortController();
    this.#inFlight.set(controller, { start: this.#options.clock.monotonic(), fenced: beforeSend !== undefined });
    const onAbort = (): void => controller.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await this.#observed(method, options, async () => {
        const { response, error } = await this.#head(method, path, options, controller.signal, beforeSend);
        if (error) throw error;
        const name = `${method} ${path}`;
        const body = await readBody(response, {
          name,
          signal: controller.signal,
          limit: options.maxAnswerBytes ?? this.#options.maxAnswerBytes,
        });
        options.onBody?.(body.length);
        const text = body.toString('utf8');
        // Health endpoints answer in plain text whatever is asked for.
        const value = response.headers['content-type']?.startsWith('text/plain') ? text : parseJson(name, text);
        return { value, status: response.statusCode ?? 0 };
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#inFlight.delete(controller);
    }
  }

  /** A request whose answer is read by the caller. */
  async open(method: Method, path: string, options: RequestOptions, signal: AbortSignal): Promise<Reply> {
    return this.#observed(method, options, async () => {
      const value = await this.#head(method, path, options, signal);
      return { value, status: value.response.statusCode ?? 0 };
    });
  }

  /** Resets the connections of unanswered requests that the function chooses. */
  breakOff(choose: (request: InFlight) => boolean, reason: TransportError): void {
    for (const [controller, request] of this.#inFlight) {
      if (choose(request)) controller.abort(reason);
    }
  }

  /** Closes idle connections. */
  dropIdle(): void {
    this.#agents.dropIdle();
  }

  /** The next request asks for new credentials. */
  refreshCredentials(): void {
    this.#connection.invalidate?.();
  }

  async #head(
    method: Method,
    path: string,
    options: RequestOptions,
    signal: AbortSignal,
    beforeSend?: () => void,
  ): Promise<Reply> {
    const { headers, tls } = await this.#credentials(`${method} ${path}`, signal);
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const response = await exchange({
      method,
      endpoint: this.#endpoint,
      path: this.#prefix + path + queryOf(options.query),
      headers: {
        accept: 'application/json',
        'user-agent': this.#options.userAgent,
        ...headers,
        ...(body === undefined
          ? {}
          : { 'content-type': options.contentType ?? 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
      route: this.#agents.get(tls),
      signal,
      ...(body === undefined ? {} : { body }),
      ...(beforeSend === undefined ? {} : { beforeSend }),
    });
    const status = response.statusCode ?? 0;
    if (status < 300) return { response };
    const name = `${method} ${path}`;
    const text = await readBody(response, { name, signal, limit: maxFailureBytes }).then(
      (bytes) => bytes.toString('utf8'),
      (error: unknown) => {
        // The status tells enough.
        if (TransportError.isInstance(error) && error.kind === 'too-large') return error.message;
        throw error;
      },
    );
    return { response, error: apiErrorFrom(name, status, tryJson(text), response.headers['retry-after']) };
  }

  async #observed<Value>(
    method: Method,
    options: RequestOptions,
    run: () => Promise<{ value: Value; status: number }>,
  ): Promise<Value> {
    const { clock, onRequest } = this.#options;
    const label = options.label ?? { verb: method.toLowerCase(), resource: '' };
    const start = clock.monotonic();
    const report = (status: number | string): void =>
      onRequest?.({ ...label, status, milliseconds: clock.monotonic() - start });
    try {
      const { value, status } = await run();
      report(status);
      return value;
    } catch (error) {
      report(statusOf(error));
      // A connection that fell silent says nothing good about its idle neighbours.
      if (TransportError.isInstance(error) && error.kind === 'timeout') this.dropIdle();
      throw error;
    }
  }

  /** The deadline of a request covers its credentials, too: an exec plug-in may hang. */
  async #credentials(name: string, signal: AbortSignal): Promise<Credentials> {
    let onAbort = (): void => undefined;
    const aborted = new Promise<never>((_resolve, reject) => {
      onAbort = (): void =>
        reject(toTransportError(`${name}: waiting for credentials`, signal.reason, 'never-sent', false));
      signal.addEventListener('abort', onAbort, { once: true });
    });
    if (signal.aborted) onAbort();
    try {
      return await Promise.race([this.#connection.credentials(), aborted]);
    } catch (error) {
      if (TransportError.isInstance(error)) throw error;
      const message = (error instanceof Error && error.message.trim()) || 'unknown reason';
      throw new TransportError(`${name}: no credentials: ${message}`, {
        kind: 'credentials',
        outcome: 'never-sent',
        cause: error,
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Breaks off whatever is unanswered, and ends what obtaining credentials has started. */
  close(): void {
    this.breakOff(() => true, new TransportError('the client is closed', { kind: 'aborted', outcome: 'unknown' }));
    this.dropIdle();
    this.#connection.close?.();
  }
}

function queryOf(query: RequestOptions['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

function statusOf(error: unknown): number | string {
  if (ApiError.isInstance(error)) return error.status;
  if (TransportError.isInstance(error)) return error.kind;
  return FencedError.isInstance(error) ? 'fenced' : 'error';
}

function parseJson(name: string, text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    throw new TransportError(`${name}: the answer is not JSON`, { kind: 'protocol', outcome: 'unknown', cause: error });
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
