import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { tcpKeepAlive, type Route } from './agents.ts';
import { GatheredBytes } from './gathered-bytes.ts';
import { FencedError } from '../errors/fenced-error.ts';
import { resetSocket } from './tls-connect.ts';
import {
  tooLargeError,
  TransportError,
  type RequestOutcome,
  type TransportErrorKind,
} from '../errors/transport-error.ts';

/** Where a server listens. */
export interface Endpoint {
  readonly secure: boolean;
  readonly host: string;
  readonly port: string;
}

/** One HTTP request, ready to be sent. */
export interface Exchange {
  readonly method: string;
  readonly endpoint: Endpoint;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body?: string;
  readonly route: Route;
  /**
   * Ends the exchange and destroys its socket; a reason that is a {@link TransportError} tells what kind of end it is.
   */
  readonly signal: AbortSignal;
  /**
   * Called when the socket stands, in the very tick in which the bytes are written; what it throws stops the request.
   */
  readonly beforeSend?: () => void;
}

/**
 * Sends a request and waits for the head of the answer.
 *
 * Nothing is handed to a socket that still connects: Node would keep the bytes and send them whenever the connection
 * stands, long after `beforeSend` was asked.
 *
 * @throws TransportError, or what `beforeSend` threw
 */
export function exchange(options: Exchange): Promise<http.IncomingMessage> {
  const { method, endpoint, path, headers, body, route, signal, beforeSend } = options;
  return new Promise((resolve, reject) => {
    let outcome: RequestOutcome = 'never-sent';
    const { secure, host, port } = endpoint;
    const request = (secure ? https : http).request({ method, host, port, path, headers: { ...headers }, ...route });
    const name = `${method} ${path.split('?', 1)[0]}`;
    const onAbort = (): void => {
      cut(request);
    };
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', onAbort);
      reject(
        FencedError.isInstance(error)
          ? error
          : toTransportError(name, signal.aborted ? signal.reason : error, outcome, request.reusedSocket),
      );
    };
    request.on('error', fail);
    request.on('response', (response) => {
      response.once('close', () => signal.removeEventListener('abort', onAbort));
      resolve(response);
    });
    whenConnected(request, () => {
      if (signal.aborted) return;
      try {
        beforeSend?.();
      } catch (error) {
        request.off('error', fail).on('error', () => undefined);
        request.destroy();
        signal.removeEventListener('abort', onAbort);
        reject(error instanceof Error ? error : new FencedError(String(error)));
        return;
      }
      outcome = 'unknown';
      request.end(body);
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** How a body is read. */
export interface BodyOptions {
  /** What was asked, for messages. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** The most that is read, in bytes. */
  readonly limit: number;
}

/**
 * Reads the rest of an answer.
 *
 * @throws TransportError when the connection breaks, the exchange's signal ends it, or more comes than is read
 */
export function readBody(response: http.IncomingMessage, { name, signal, limit }: BodyOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const bytes = new GatheredBytes(limit);
    const fail = (error?: unknown): void =>
      reject(
        toTransportError(
          name,
          signal.aborted ? signal.reason : (error ?? new Error('the answer broke off')),
          'unknown',
          false,
        ),
      );
    const failOversized = (received: number): void => {
      fail(tooLargeError('the answer', { limit, received }));
      resetSocket(response.socket);
      response.destroy();
    };
    if (response.destroyed) return fail();
    const announced = Number(response.headers['content-length'] ?? 0);
    if (announced > limit) return failOversized(announced);
    // By events: an async iterator costs as much as everything else of a small answer.
    response.on('data', (chunk: unknown) => {
      if (!bytes.add(toBuffer(chunk))) failOversized(bytes.length);
    });
    response.once('end', () => resolve(bytes.take()));
    response.once('error', fail);
    response.once('close', () => {
      if (!response.readableEnded) fail();
    });
  });
}

/** A stream's chunk as bytes. */
export function toBuffer(chunk: unknown): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
}

/** Any failure of a connection as a {@link TransportError}; one that is already is kept, with this outcome. */
export function toTransportError(
  name: string,
  error: unknown,
  outcome: RequestOutcome,
  reusedConnection: boolean,
): TransportError {
  if (TransportError.isInstance(error)) {
    return new TransportError(`${name}: ${error.message}`, {
      kind: error.kind,
      outcome,
      reusedConnection,
      size: error.size,
      cause: error.cause,
    });
  }
  const message = error instanceof Error ? error.message : 'aborted by the caller';
  return new TransportError(`${name}: ${message}`, {
    kind: kindOf(error, outcome),
    outcome,
    reusedConnection,
    cause: error,
  });
}

function kindOf(error: unknown, outcome: RequestOutcome): TransportErrorKind {
  if (!(error instanceof Error) || error.name === 'AbortError') return 'aborted';
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNREFUSED') return 'refused';
  if (typeof code === 'string' && code.startsWith('HPE_')) return 'protocol';
  return outcome === 'never-sent' ? 'connect' : 'reset';
}

function whenConnected(request: http.ClientRequest, callback: () => void): void {
  request.once('socket', (socket) => {
    socket.setKeepAlive(true, tcpKeepAlive);
    if ('secureConnecting' in socket && socket.secureConnecting === true) socket.once('secureConnect', callback);
    else if (socket.connecting) socket.once('connect', callback);
    else callback();
  });
}

// By a reset, so that no given-up write arrives late.
function cut(request: http.ClientRequest): void {
  const socket: Socket | null = request.socket;
  if (socket) resetSocket(socket);
  request.destroy();
}
