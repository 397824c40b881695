// Looks at the site as a reader does: node tools/docs/look.mjs [FOLDER for pictures], after `pnpm docs:build`. Light,
// dark and on a telephone: nothing throws, everything loads, nothing is wider than the window; and the search finds.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browser, startBrowser } from './browser.mjs';

const site = fileURLToPath(new URL('../../dist/site', import.meta.url));
const pictures = process.argv[2];
const pages = [
  '',
  'tutorial',
  'how-to',
  'troubleshooting',
  'alternatives',
  'architecture',
  'metrics',
  'reference/egressipam',
  'reference/commands',
  'reference/api/core',
];
const views = {
  light: { width: 1280, height: 900, scheme: 'light' },
  dark: { width: 1280, height: 900, scheme: 'dark' },
  phone: { width: 390, height: 844, scheme: 'light' },
};
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};
/** What a reader would look for, and where it has to lead. */
const searches = { reservedIPs: 'egressipam', 'metrics-secure': 'commands', NoSpareCapacity: 'findings' };

if (browser === undefined) {
  console.log('there is no browser here: nothing is looked at');
  process.exit(0);
}
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
const root = `http://127.0.0.1:${server.address().port}/`;
const driver = await startBrowser();
const problems = [];
try {
  const page = await driver.open();
  for (const [view, options] of Object.entries(views)) {
    for (const path of pages) {
      const url = `${root}${path === '' ? '' : `${path}.html`}`;
      await page.show(url, options);
      const { width, dark, text } = await page.evaluate(
        '({ width: document.documentElement.scrollWidth, dark: document.documentElement.classList.contains("dark"), text: document.body.innerText.length })',
      );
      if (width > options.width)
        problems.push(`${view} /${path}: ${width} pixels wide in a window of ${options.width}`);
      if (dark !== (options.scheme === 'dark'))
        problems.push(`${view} /${path}: not in the colours that were asked for`);
      if (text < 500) problems.push(`${view} /${path}: hardly any text`);
      if (pictures !== undefined) {
        mkdirSync(pictures, { recursive: true });
        writeFileSync(join(pictures, `${view}-${path.replaceAll('/', '-') || 'index'}.png`), await page.picture());
      }
    }
  }
  for (const [word, wanted] of Object.entries(searches)) {
    await page.show(root, views.light);
    await page.until('document.querySelector(".VPNavBarSearch button") !== null');
    await page.evaluate('document.querySelector(".VPNavBarSearch button").click()');
    await page.until('document.querySelector(".search-input") !== null');
    await page.evaluate('document.querySelector(".search-input").focus()');
    await page.type(word);
    await page
      .until(`[...document.querySelectorAll(".results a")].some(({ href }) => href.includes("${wanted}"))`)
      .catch(() => problems.push(`the search for ${word} does not find ${wanted}`));
  }
  problems.push(...page.problems);
} finally {
  await driver.close();
  server.closeAllConnections();
  server.close();
}
for (const problem of problems) console.error(problem);
console.log(`${pages.length} pages looked at in ${Object.keys(views).length} ways, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
