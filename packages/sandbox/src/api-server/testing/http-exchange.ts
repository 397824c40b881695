import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** Where an API server is. */
export interface Endpoint {
  readonly url: string;
  readonly token?: string;
  /** PEM of the certificate authority of an HTTPS server. */
  readonly ca?: string;
}

/** A request of a test. */
export interface TestRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** A text goes as it is, all else as JSON. */
  readonly body?: unknown;
  readonly mediaType?: string;
}

/** What a server answered. */
export interface TestAnswer {
  readonly code: number;
  readonly text: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** Sends one request and reads the whole answer. */
export function exchange(
  endpoint: Endpoint,
  { method, path, body, mediaType = 'application/json' }: TestRequest,
): Promise<TestAnswer> {
  const url = new URL(path, endpoint.url);
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const headers = {
    'user-agent': 'differential/1.0',
    ...(endpoint.token && { authorization: `Bearer ${endpoint.token}` }),
    ...(text !== undefined && { 'content-type': mediaType, 'content-length': Buffer.byteLength(text) }),
  };
  const request =
    url.protocol === 'https:'
      ? httpsRequest(url, { method, headers, ca: endpoint.ca })
      : httpRequest(url, { method, headers });
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ code: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), headers: response.headers });
      });
    });
    request.end(text);
  });
}
