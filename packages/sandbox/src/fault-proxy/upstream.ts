import http from 'node:http';
import https from 'node:https';

/** The API server behind the proxy. */
export interface FaultProxyTarget {
  /** `http:` or `https:`. */
  readonly url: string;
  /** PEM of the certificate authority of an `https:` server. */
  readonly ca?: string;
}

/** Passes requests on, over kept-alive connections, with their headers as they came. */
export class Upstream {
  readonly #url: URL;
  readonly #agent: http.Agent;
  readonly #request: typeof http.request;

  constructor({ url, ca }: FaultProxyTarget) {
    this.#url = new URL(url);
    const secure = this.#url.protocol === 'https:';
    this.#agent = secure
      ? new https.Agent({ keepAlive: true, ...(ca !== undefined && { ca }) })
      : new http.Agent({ keepAlive: true });
    this.#request = secure ? https.request : http.request;
  }

  /** Sends a request with this body; resolves with the head of the answer. */
  send(incoming: http.IncomingMessage, body: Buffer, signal: AbortSignal): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { host: _host, connection: _connection, 'transfer-encoding': _encoding, ...headers } = incoming.headers;
      const request = this.#request(new URL(incoming.url ?? '/', this.#url), {
        agent: this.#agent,
        method: incoming.method,
        headers: { ...headers, ...(body.length > 0 && { 'content-length': body.length }) },
        signal,
      });
      request.once('response', resolve).once('error', reject);
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
