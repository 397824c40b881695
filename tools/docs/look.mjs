// Looks at the site as a reader does: node tools/docs/look.mjs [FOLDER for pictures], after `pnpm docs:build`.
// Every page in light, dark and on a telephone: nothing throws, all loads and can be read; and the search finds.
// What newcomers want to do is found from the front page by its link, and by the search.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { browser, startBrowser } from './browser.mjs';
import { lookAtPage } from './look-at-page.mjs';
import { serveSite } from './serve-site.mjs';

const pictures = process.argv[2];
const views = {
  light: { width: 1280, height: 900, scheme: 'light' },
  dark: { width: 1280, height: 900, scheme: 'dark' },
  phone: { width: 390, height: 844, scheme: 'light' },
};
/** What a reader would look for, and where one of the first three that are found has to lead. */
const searches = {
  reservedIPs: 'how-to.html#keep-addresses-back-reserve',
  'metrics-secure': 'commands',
  NoSpareCapacity: 'findings',
  aws: 'how-to/aws',
  cilium: '/cilium',
  drain: 'how-to.html#take-a-node-out-drain',
  'pin address': 'how-to.html#choose-an-address',
  'no free address': 'troubleshooting.html#a-namespace-gets-no-address',
  upgrade: 'operate.html#upgrade',
  uninstall: 'operate.html#uninstall',
  alert: '/alerts/',
  'exit code': 'command-line.html#in-scripts',
  rbac: 'operate.html#rights-rbac',
};

const tasks = JSON.parse(readFileSync(new URL('newcomer-tasks.json', import.meta.url), 'utf8'));

if (browser === undefined) {
  console.log('there is no browser here: nothing is looked at');
  process.exit(0);
}
const site = await serveSite();
const driver = await startBrowser();
const problems = [];
/** What can be linked to, and the links of each page, as addresses. */
const places = new Set([site.root]);
const links = new Map();

/** The first three that the search finds, once it has found something. */
async function search(page, word) {
  await page.show(site.root, views.light);
  await page.until('document.querySelector(".VPNavBarSearch button") !== null');
  await page.evaluate('document.querySelector(".VPNavBarSearch button").click()');
  await page.until('document.querySelector(".search-input") !== null');
  await page.evaluate('document.querySelector(".search-input").focus()');
  await page.type(word);
  await page.until('document.querySelector(".results a") !== null');
  return page.evaluate('[...document.querySelectorAll(".results a")].slice(0, 3).map(({ href }) => href)');
}

/** What has a name on the page, and where its text leads to; it runs in the browser. */
function idsAndLinks() {
  const hrefs = [...document.querySelectorAll('.vp-doc a[href], .VPHero a[href]')].map(({ href }) => decodeURI(href));
  return { ids: [...document.querySelectorAll('[id]')].map(({ id }) => id), hrefs: [...new Set(hrefs)] };
}

/** What is wrong with the way from the front page to the answer, by a click and by the search. */
async function walk(page, { task, link, search: words, answer }) {
  const place = link.replace('README.md', '').replace('.md', '.html');
  const [, hash] = place.split('#');
  await page.show(site.root, views.light);
  const isThere = `[...document.querySelectorAll('.vp-doc a')].find(({ href }) => href === ${JSON.stringify(`${site.root}${place}`)})`;
  if (!(await page.evaluate(`${isThere} !== undefined`)))
    return [`to ${task}: no link of the front page leads to ${place}`];
  await page.evaluate(`${isThere}.click()`);
  await page.until(
    `location.href === ${JSON.stringify(`${site.root}${place}`)} && document.querySelector('.vp-doc h1')`,
  );
  const missing = await page.evaluate(`(${answerMissing})(${JSON.stringify(hash ?? null)}, ${JSON.stringify(answer)})`);
  const found = await search(page, words).catch(() => []);
  return [
    ...missing.map((said) => `to ${task}: ${place} has no "${said}"`),
    ...(found.some((href) => href.includes(place))
      ? []
      : [`to ${task}: the search for ${words} finds ${found.join(', ')}`]),
  ];
}

/** What of an answer does not stand below a heading, or on the page; it runs in the browser. */
function answerMissing(hash, answer) {
  const heading = document.getElementById(hash);
  const parts = heading === null ? [document.querySelector('.vp-doc')] : [heading];
  for (let at = heading?.nextElementSibling; at && at.tagName !== 'H2'; at = at.nextElementSibling) parts.push(at);
  const text = parts
    .map(({ textContent }) => textContent)
    .join(' ')
    .replaceAll(/\s+/g, ' ');
  return hash !== null && heading === null ? [`#${hash}`] : answer.filter((words) => !text.includes(words));
}

try {
  const page = await driver.open();
  for (const path of site.pages) {
    await page.show(`${site.root}${path}`, views.light);
    const address = `${site.root}${path.replace(/(^|\/)index\.html$/, '$1')}`;
    const { ids, hrefs } = await page.evaluate(`(${idsAndLinks})()`);
    for (const place of ['', ...ids.map((id) => `#${id}`)]) places.add(`${address}${place}`);
    links.set(path, hrefs);
    for (const [view, options] of Object.entries(views)) {
      await page.see(options);
      const found = await page.evaluate(`(${lookAtPage})()`);
      if ((await page.evaluate('document.documentElement.classList.contains("dark")')) !== (options.scheme === 'dark'))
        found.push('not in the colours that were asked for');
      problems.push(...found.map((problem) => `${view} /${path}: ${problem}`));
      if (pictures !== undefined) {
        mkdirSync(pictures, { recursive: true });
        writeFileSync(join(pictures, `${view}-${path.replaceAll('/', '-')}.png`), await page.picture());
      }
    }
  }
  for (const [path, hrefs] of links)
    for (const href of hrefs)
      if (href.startsWith(site.root) && !places.has(href.replace(/(?<=\/)index\.html(?=#|$)/, '')))
        problems.push(`/${path}: nothing is at ${href}`);
  for (const [word, wanted] of Object.entries(searches)) {
    const found = await search(page, word).catch(() => []);
    if (!found.some((href) => href.includes(wanted)))
      problems.push(`the search for ${word} does not find ${wanted} first: ${found.join(', ')}`);
  }
  for (const task of tasks)
    problems.push(...(await walk(page, task).catch(({ message }) => [`${task.task}: ${message}`])));
  problems.push(...page.problems);
} finally {
  await driver.close();
  site.close();
}
for (const problem of problems) console.error(problem);
console.log(
  `${site.pages.length} pages looked at in ${Object.keys(views).length} ways, ${Object.keys(searches).length} searches, ${tasks.length} tasks of newcomers, ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
