import { createServer, type Server } from 'node:http';

/** Answers GET requests on one address by path. */
export interface TextServer {
  close(): Promise<void>;
}

/** What a path answers: a text (200), or another status with its text. */
export type TextAnswer = string | { readonly status: number; readonly text: string };

/** What a path answers when it is asked; undefined stands for "not now" (503). */
export type TextSource = () => TextAnswer | undefined | Promise<TextAnswer | undefined>;

/**
 * Serves texts by path.
 *
 * @throws Error when the address cannot be used
 */
export async function serveTexts(
  address: string,
  paths: Readonly<Record<string, TextSource>>,
): Promise<TextServer | undefined> {
  if (address === '0' || address === '') return undefined;
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (colon === -1 || !Number.isInteger(port))
    throw new Error(`"${address}" is no address to listen on; write it like :8081 or 127.0.0.1:8081`);
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const source = Object.hasOwn(paths, path) ? paths[path] : undefined;
    const respond = (status: number, text: string): void =>
      void response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
    if (source === undefined) return respond(404, 'not found\n');
    void ask(source).then(
      (answer) =>
        answer === undefined
          ? respond(503, 'not ready\n')
          : typeof answer === 'string'
            ? respond(200, answer)
            : respond(answer.status, answer.text),
      () => respond(500, 'the answer could not be made\n'),
    );
  });
  await listen(server, port, address.slice(0, colon));
  return { close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()) };
}

async function ask(source: TextSource): Promise<TextAnswer | undefined> {
  return source();
}

const shortestLife = 1_000;
const mostPerLife = 10;

/**
 * A text that is costly to make: made once a second at most, and given no more than ten times in it (429 beyond), so that
 * whoever asks without pause takes little from everything else.
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

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host === '' ? undefined : host.replace(/^\[|\]$/g, ''), () => resolve());
  });
}
