// Looks at the site as a reader does: node tools/docs/look.mjs [FOLDER for pictures], after `pnpm docs:build`.
// Every page in light, dark and on a telephone: nothing throws, all loads and can be read; and the search finds.
import { mkdirSync, writeFileSync } from 'node:fs';
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
  reservedIPs: 'how-to.html#keep-addresses-back',
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

if (browser === undefined) {
  console.log('there is no browser here: nothing is looked at');
  process.exit(0);
}
const site = await serveSite();
const driver = await startBrowser();
const problems = [];

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

try {
  const page = await driver.open();
  for (const path of site.pages) {
    await page.show(`${site.root}${path}`, views.light);
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
  for (const [word, wanted] of Object.entries(searches)) {
    const found = await search(page, word).catch(() => []);
    if (!found.some((href) => href.includes(wanted)))
      problems.push(`the search for ${word} does not find ${wanted} first: ${found.join(', ')}`);
  }
  problems.push(...page.problems);
} finally {
  await driver.close();
  site.close();
}
for (const problem of problems) console.error(problem);
console.log(
  `${site.pages.length} pages looked at in ${Object.keys(views).length} ways, ${Object.keys(searches).length} searches, ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
