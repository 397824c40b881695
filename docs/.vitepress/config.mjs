import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('..', import.meta.url));
const root = join(docs, '..');
const source = 'https://github.com/egressip-ipam/egressip-ipam';

/** Pages of a folder as a sidebar has them, by name. */
const pagesOf = (folder, title = (name) => name) =>
  readdirSync(join(docs, folder))
    .filter((file) => file.endsWith('.md') && file !== 'README.md' && file !== 'index.md')
    .map((file) => file.slice(0, -3))
    .sort()
    .map((name) => ({ text: title(name), link: `/${folder}/${name}` }));

const slug = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const decisionTitle = (name) =>
  name
    .replace(/^\d+-/, '')
    .replaceAll('-', ' ')
    .replace(/^./, (first) => first.toUpperCase());

/** Long names in code may be broken where a word begins, flags may not: a table is as wide as its longest word. */
function breakCodeAtWords(md) {
  md.renderer.rules.code_inline = (tokens, index) => {
    const words = tokens[index].content.split(' ').map((word) => {
      const escaped = md.utils.escapeHtml(word);
      return word.startsWith('-')
        ? `<span class="flag">${escaped}</span>`
        : escaped.replaceAll(/([a-z0-9])([A-Z])|([/_.])(?=\w)/g, '$1$3<wbr>$2');
    });
    return `<code v-pre>${words.join(' ')}</code>`;
  };
}

/** Pages with tables that are wider than the column of text. */
const wide = [
  'alternatives.md',
  'findings.md',
  'networks.md',
  'metrics.md',
  'reference/commands.md',
  'reference/egressipam.md',
];

/**
 * What a newcomer looks for is a page before it is a type of the library. It is sent to the browser as text, so it uses
 * nothing of this file.
 */
const boostDocument = (id) => (/\/reference\/api\//.test(id) ? 0.1 : /\/decisions\//.test(id) ? 0.5 : 1);

/** Links to files that are no pages lead to the repository; one to a file that is not there ends the build. */
function linkToRepository(md) {
  md.core.ruler.push('link-to-repository', ({ tokens, env }) => {
    const links = tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === 'link_open');
    for (const token of links) {
      const href = token.attrGet('href') ?? '';
      if (/^([a-z]+:|#|\/)/.test(href)) continue;
      const [path = '', hash] = href.split('#', 2);
      const target = join(docs, dirname(env.relativePath), decodeURI(path));
      const inRepository = relative(root, target);
      const isPage = inRepository.startsWith('docs/') && (path.endsWith('.md') || existsSync(`${target}.md`));
      if (isPage) {
        // As `rewrites` below names them.
        token.attrSet('href', href.replace('README.md', 'index.md'));
        continue;
      }
      if (!existsSync(target)) throw new Error(`${env.relativePath}: there is no ${inRepository} in the repository`);
      token.attrSet('href', `${source}/tree/main/${inRepository}${hash === undefined ? '' : `#${hash}`}`);
    }
  });
}

export default {
  title: 'EgressIP IPAM',
  description: 'Fixed egress addresses for Kubernetes namespaces',
  lang: 'en',
  base: process.env.DOCS_BASE ?? '/',
  outDir: '../dist/site',
  cacheDir: '../node_modules/.cache/vitepress',
  rewrites: { 'alerts/README.md': 'alerts/index.md', 'schemas/README.md': 'schemas/index.md' },
  head: [['link', { rel: 'icon', href: `${process.env.DOCS_BASE ?? '/'}icon.svg` }]],
  // As on GitHub, where the same pages are read; a test looks at anchors there.
  markdown: {
    config(md) {
      linkToRepository(md);
      breakCodeAtWords(md);
    },
    anchor: { slugify: slug },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  transformPageData({ relativePath, frontmatter }) {
    if (wide.includes(relativePath)) frontmatter.aside = false;
  },
  themeConfig: {
    logo: '/icon.svg',
    search: { provider: 'local', options: { miniSearch: { searchOptions: { boostDocument } } } },
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: source }],
    footer: { message: 'Apache-2.0' },
    nav: [
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'How to', link: '/how-to' },
      { text: 'Reference', link: '/reference/egressipam' },
      { text: 'Why', link: '/architecture' },
      { text: 'Trouble?', link: '/troubleshooting' },
    ],
    sidebar: [
      { text: 'Tutorial', items: [{ text: 'A first pool in ten minutes', link: '/tutorial' }] },
      {
        text: 'How to',
        items: [
          { text: 'Everyday tasks', link: '/how-to' },
          { text: 'Install the command line', link: '/how-to/command-line' },
          { text: 'Serve several zones', link: '/how-to/several-zones' },
          { text: 'Lose a node', link: '/how-to/lose-a-node' },
          { text: 'Find out who had an address', link: '/how-to/who-had-an-address' },
          { text: 'Run on AWS', link: '/how-to/aws' },
          { text: 'Run on OVN-Kubernetes', link: '/how-to/ovn-kubernetes' },
          { text: 'Run on Cilium', link: '/cilium' },
          { text: 'Run on Antrea', link: '/antrea' },
          { text: 'Install without the internet', link: '/how-to/disconnected' },
          { text: 'Migrate', link: '/migration' },
          { text: 'Upgrade, back up, uninstall', link: '/operate' },
          { text: 'Write a provider', link: '/how-to/write-a-provider' },
          { text: 'Write a network', link: '/how-to/write-a-network' },
        ],
      },
      {
        text: 'Something is wrong',
        items: [
          { text: 'By symptom', link: '/troubleshooting' },
          { text: 'Findings', link: '/findings' },
          { text: 'Alerts', link: '/alerts/', collapsed: true, items: pagesOf('alerts') },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'EgressIPAM', link: '/reference/egressipam' },
          { text: 'EgressNode', link: '/reference/egressnode' },
          { text: 'Commands and flags', link: '/reference/commands' },
          { text: 'Metrics', link: '/metrics' },
          { text: 'Events', link: '/reference/events' },
          { text: 'The log', link: '/log' },
          { text: 'All log messages', link: '/reference/log-messages' },
          { text: 'Output schemas', link: '/schemas/' },
          { text: 'Supported versions', link: '/support' },
          { text: 'API', collapsed: true, items: pagesOf('reference/api', (name) => `@egressip-ipam/${name}`) },
        ],
      },
      {
        text: 'Explanation',
        items: [
          { text: 'Architecture', link: '/architecture' },
          { text: 'Networks compared', link: '/networks' },
          { text: 'Differences from the original', link: '/differences' },
          { text: 'Alternatives', link: '/alternatives' },
          { text: 'Decisions', collapsed: true, items: pagesOf('decisions', decisionTitle) },
        ],
      },
    ],
  },
};
