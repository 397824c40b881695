import http from 'node:http';
import type { Connection, TlsOptions } from '../connection/connection.ts';
import { ResettableHttpsAgent } from './tls-connect.ts';

// Go servers close idle connections after 90 s by default: leave before, so that no write meets a closing one.
const idleMilliseconds = 55_000;

/** Milliseconds of silence after which TCP asks whether the other side is still there. */
export const tcpKeepAlive = 15_000;

/** A request's part that chooses its connection: of a foreign agent, TLS options too. */
export type Route = { readonly agent: http.Agent } & TlsOptions;

/** Kept-alive connections to one server. The agent is replaced only when the TLS material changes. */
export class Agents {
  readonly #connection: Connection;
  readonly #maxSockets: number;
  #agent: http.Agent | undefined;
  #tls: TlsOptions = {};

  /** `maxSockets` bounds the connections; by default they are bounded by the requests in flight. */
  constructor(connection: Connection, maxSockets = Infinity) {
    this.#connection = connection;
    this.#maxSockets = maxSockets;
  }

  /** The route of a request with these TLS options. */
  get(tls: TlsOptions): Route {
    if (this.#connection.agent) return { agent: this.#connection.agent, ...tls };
    if (this.#agent === undefined || !sameTls(this.#tls, tls)) {
      this.dropIdle();
      this.#tls = tls;
      this.#agent = this.#create(tls);
    }
    // Ours knows the TLS options: given once more they would be a part of every connection's name.
    return { agent: this.#agent };
  }

  /** Closes the connections that serve no request now, so that the next request opens a fresh one. */
  dropIdle(): void {
    const agent = this.#connection.agent ?? this.#agent;
    for (const sockets of Object.values(agent?.freeSockets ?? {})) {
      for (const socket of sockets ?? []) socket.destroy();
    }
  }

  #create(tls: TlsOptions): http.Agent {
    const options = {
      keepAlive: true,
      keepAliveMsecs: tcpKeepAlive,
      scheduling: 'lifo',
      timeout: idleMilliseconds,
      maxSockets: this.#maxSockets,
    } as const;
    return this.#connection.server.protocol === 'https:'
      ? new ResettableHttpsAgent(options, tls)
      : new http.Agent(options);
  }
}

function sameTls(left: TlsOptions, right: TlsOptions): boolean {
  return (
    left.passphrase === right.passphrase &&
    left.servername === right.servername &&
    left.rejectUnauthorized === right.rejectUnauthorized &&
    samePem(left.ca, right.ca) &&
    samePem(left.cert, right.cert) &&
    samePem(left.key, right.key)
  );
}

function samePem(left: string | Buffer | undefined, right: string | Buffer | undefined): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined) return false;
  return Buffer.from(left).equals(Buffer.from(right));
}
