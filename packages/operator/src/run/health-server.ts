import { createServer, type Server } from 'node:http';

/** Answers GET requests on one address by path. */
export interface TextServer {
  close(): Promise<void>;
}

/**
 * Serves texts by path. A path's function returns the text, or undefined for "not now" (503).
 *
 * @throws Error when the address cannot be used
 */
export async function serveTexts(address: string, paths: Readonly<Record<string, () => string | undefined | Promise<string | undefined>>>): Promise<TextServer | undefined> {
  if (address === '0' || address === '') return undefined;
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (colon === -1 || !Number.isInteger(port)) throw new Error(`"${address}" is no address to listen on; write it like :8081 or 127.0.0.1:8081`);
  const server = createServer((request, response) => {
    const answer = paths[(request.url ?? '').split('?', 1)[0] ?? ''];
    const respond = (status: number, text: string): void => void response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
    if (answer === undefined) return respond(404, 'not found\n');
    void Promise.resolve(answer()).then(
      (text) => (text === undefined ? respond(503, 'not ready\n') : respond(200, text)),
      () => respond(500, 'the answer could not be made\n'),
    );
  });
  await listen(server, port, address.slice(0, colon));
  return { close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()) };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host === '' ? undefined : host.replace(/^\[|\]$/g, ''), () => resolve());
  });
}
