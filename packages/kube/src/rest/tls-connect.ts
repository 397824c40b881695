import https from 'node:https';
import net, { type Socket } from 'node:net';
import tls from 'node:tls';

const rawSockets = new WeakMap<Socket, Socket>();

/**
 * An https agent whose connections can be reset: Node resets TCP sockets only, so each TLS socket's TCP socket is
 * remembered.
 */
export class ResettableHttpsAgent extends https.Agent {
  readonly #tls: tls.ConnectionOptions;
  /** Of a connection before: the next one need not prove all of it again. */
  #session: Buffer | undefined;

  constructor(options: https.AgentOptions, tlsOptions: tls.ConnectionOptions) {
    super(options);
    this.#tls = tlsOptions;
  }

  override createConnection({
    host,
    port,
    servername,
  }: https.RequestOptions & { readonly servername?: string }): tls.TLSSocket {
    const to = { host: host ?? 'localhost', port: Number(port ?? 443) };
    const raw = net.connect({ ...to, noDelay: true });
    const secure = tls.connect({
      ...to,
      ...(servername === undefined ? {} : { servername }),
      ...this.#tls,
      ...(this.#session === undefined ? {} : { session: this.#session }),
      socket: raw,
    });
    secure.on('session', (session) => (this.#session = session));
    secure.on('error', () => (this.#session = undefined));
    rawSockets.set(secure, raw);
    // A connection that fails before TLS begins tells only the TCP socket.
    raw.on('error', (error) => secure.destroy(error));
    return secure;
  }
}

/**
 * Ends a connection at once. What the kernel has not sent yet is thrown away, where a plain close would still send it.
 */
export function resetSocket(socket: Socket): void {
  const raw = rawSockets.get(socket) ?? socket;
  // Another agent's TLS socket cannot be reset.
  if (raw.connecting || raw instanceof tls.TLSSocket) raw.destroy();
  else raw.resetAndDestroy();
  socket.destroy();
}
