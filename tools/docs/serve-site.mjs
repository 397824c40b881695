import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const site = fileURLToPath(new URL('../../dist/site', import.meta.url));
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** Serves the site that is built, on this machine alone. */
export async function serveSite() {
  if (!existsSync(site)) throw new Error('the site is not built: pnpm docs:build');
  const server = createServer((request, response) => {
    const path = join(site, decodeURI(new URL(request.url ?? '/', 'http://site').pathname));
    const file = [path, `${path}.html`, join(path, 'index.html')].find(
      (found) => extname(found) !== '' && existsSync(found),
    );
    if (file === undefined) return response.writeHead(404).end();
    response
      .writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
      .end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    root: `http://127.0.0.1:${server.address().port}/`,
    /** Every page, as its address has it behind the root. */
    pages: readdirSync(site, { recursive: true })
      .filter((name) => name.endsWith('.html') && name !== '404.html')
      .sort(),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
