import { createServer } from 'node:http';

/** Answers GET requests by path; a path's function returns undefined for "not now" (503). */
export async function serveTexts(
  bindAddress: string,
  paths: Readonly<Record<string, () => string | undefined | Promise<string | undefined>>>,
): Promise<{ close(): void } | undefined> {
  if (bindAddress === '0' || bindAddress === '') return undefined;
  const colon = bindAddress.lastIndexOf(':');
  const port = Number(bindAddress.slice(colon + 1));
  if (colon === -1 || !Number.isInteger(port))
    throw new Error(`"${bindAddress}" is no address to listen on; write it like :8081 or 127.0.0.1:8081`);
  const host = bindAddress.slice(0, colon).replace(/^\[|\]$/g, '');
  const server = createServer((request, response) => {
    const answer = paths[(request.url ?? '').split('?', 1)[0] ?? ''];
    void Promise.resolve(answer?.())
      .then((text) =>
        response
          .writeHead(answer === undefined ? 404 : text === undefined ? 503 : 200, {
            'content-type': 'text/plain; charset=utf-8',
          })
          .end(text ?? 'no\n'),
      )
      .catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, host === '' ? undefined : host, resolve),
  );
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
