import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Admission } from './access-review.ts';
import type { CertificateSource } from './certificate-source.ts';
import type { KeyPair } from './self-signed.ts';

/** Answers GET requests on one address by path. */
export interface TextServer {
  /** Where it listens; of interest where the address left it open. */
  readonly port: number;
  close(): Promise<void>;
}

/** What a path answers: a text (200), or another status with its text. */
export type TextAnswer = string | { readonly status: number; readonly text: string };

/** What a path answers when it is asked; undefined stands for "not now" (503). */
export type TextSource = () => TextAnswer | undefined | Promise<TextAnswer | undefined>;

/** TLS, and who is let in. */
export interface Secured {
  readonly certificate: CertificateSource;
  /** Asked before anything is answered, with the header `Authorization`. */
  readonly admit: (authorization: string | undefined) => Promise<Admission>;
}

/**
 * Serves texts by path: over plain HTTP to everyone, or secured.
 *
 * @param address `HOST:PORT` or `:PORT`; `0` and `''` serve nothing
 * @throws Error when the address cannot be used
 */
export async function serveTexts(
  address: string,
  paths: Readonly<Record<string, TextSource>>,
  secured?: Secured,
): Promise<TextServer | undefined> {
  if (address === '0' || address === '') return undefined;
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (colon === -1 || !Number.isInteger(port))
    throw new Error(`"${address}" is no address to listen on; write it like :8081 or 127.0.0.1:8081`);
  const answer = (request: IncomingMessage, response: ServerResponse): void =>
    void answerOf(paths, secured, request)
      .catch(() => ({ status: 500, text: 'the answer could not be made\n' }))
      .then(({ status, text }) =>
        response
          .writeHead(status, {
            'content-type': 'text/plain; charset=utf-8',
            ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
          })
          .end(text),
      );
  const host = address.slice(0, colon);
  const server =
    secured === undefined
      ? await listen(createServer(answer), port, host)
      : await listenSecurely(secured.certificate, answer, port, host);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      secured?.certificate.close();
      return new Promise((resolve) => server.close(() => resolve()).closeAllConnections());
    },
  };
}

async function answerOf(
  paths: Readonly<Record<string, TextSource>>,
  secured: Secured | undefined,
  { url, method, headers }: IncomingMessage,
): Promise<Exclude<TextAnswer, string>> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'only GET is answered\n' };
  const admission = await secured?.admit(headers.authorization);
  if (admission?.allowed === false) return admission;
  const path = (url ?? '').split('?', 1)[0] ?? '';
  const source = Object.hasOwn(paths, path) ? paths[path] : undefined;
  if (source === undefined) return { status: 404, text: 'not found\n' };
  const answer = (await source()) ?? { status: 503, text: 'not ready\n' };
  return typeof answer === 'string' ? { status: 200, text: answer } : answer;
}

async function listenSecurely(
  source: CertificateSource,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  port: number,
  host: string,
): Promise<Server> {
  const contextOf = ({ certificate: cert, key }: KeyPair) => ({ cert, key, minVersion: 'TLSv1.2' }) as const;
  const server = await listen(createSecureServer(contextOf(source.current), answer), port, host);
  source.follow((pair) => server.setSecureContext(contextOf(pair)));
  return server;
}

const shortestLife = 1_000;
const mostPerLife = 10;

/**
 * A text that is costly to make: made once a second at most, and given no more than ten times in it (429 beyond), so
 * that whoever asks without pause takes little from everything else.
 *
 * @param monotonic milliseconds
 */
export function limited(
  make: () => string | undefined | Promise<string | undefined>,
  monotonic: () => number,
): TextSource {
  let text: string | undefined | Promise<string | undefined>;
  let madeAt = -Infinity;
  let given = 0;
  return () => {
    const now = monotonic();
    if (now - madeAt >= shortestLife) {
      text = make();
      madeAt = now;
      given = 0;
    }
    given += 1;
    return given > mostPerLife ? { status: 429, text: 'asked too often; once a second is enough\n' } : text;
  };
}

function listen<Listening extends Server>(server: Listening, port: number, host: string): Promise<Listening> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host === '' ? undefined : host.replace(/^\[|\]$/g, ''), () => resolve(server));
  });
}
