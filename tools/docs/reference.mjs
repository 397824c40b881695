// Writes the pages of docs/reference that are made from code: node tools/docs/reference.mjs. They are not committed, so
// that they cannot differ from it. The packages must be built.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiPages } from './api-pages.mjs';
import { commandsPage } from './commands-page.mjs';
import { definitionPage } from './definition-page.mjs';
import { eventsPage, logMessagesPage } from './message-pages.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'docs/reference');

const pages = new Map([
  ['egressipam.md', definitionPage(join(root, 'deploy/crds/redhatcop.redhat.io_egressipams.yaml'))],
  ['egressnode.md', definitionPage(join(root, 'packages/agent/crds/redhatcop.redhat.io_egressnodes.yaml'))],
  ['commands.md', await commandsPage(root)],
  ['events.md', eventsPage(root)],
  ['log-messages.md', logMessagesPage(root)],
  ...apiPages(root).map(([name, text]) => [`api/${name}.md`, text]),
]);
rmSync(folder, { recursive: true, force: true });
for (const [path, text] of pages) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  // Nobody edits what is made; the other pages have a link to their source.
  writeFileSync(join(folder, path), `---\neditLink: false\n---\n\n${text}`);
}
mkdirSync(join(root, 'docs/public'), { recursive: true });
copyFileSync(join(root, 'deploy/icon.svg'), join(root, 'docs/public/icon.svg'));
console.log(`${pages.size} pages of docs/reference are written`);
