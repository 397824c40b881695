import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './code-blocks.ts';
import { slug } from './slug.ts';

/** What a newcomer wants to do, the link of the front page that says so, and what the answer has in it. */
const tasks: readonly (readonly [task: string, link: string, answer: RegExp])[] = [
  ['see it work, without a cluster', 'tutorial.md#see-it-work', /npm start/],
  ['install it on a cluster', 'tutorial.md#on-a-cluster', /helm install/],
  ['have the command line, with kubectl and completion', 'how-to/command-line.md', /completion bash/],
  ['give a namespace an address of my choice', 'how-to.md#choose-an-address', /egressips=/],
  ['keep addresses for something else', 'how-to.md#keep-addresses-back', /reservedIPs/],
  ['know how large a pool has to be', 'how-to.md#plan-a-pools-size', /pool/],
  ['know what the loss of a node costs', 'how-to/lose-a-node.md', /simulate/],
  ['know why a namespace has no address', 'troubleshooting.md#a-namespace-gets-no-address', /explain/],
  ['know what an alert wants', 'alerts/README.md', /EgressIPNotCarried/],
  ['take it away again', 'operate.md', /egressip-ipam uninstall/],
  ['come from the original operator', 'migration.md', /original/],
  ['have the agents that Cilium needs', 'cilium.md', /agent\.enabled=true/],
  ['add a network', 'how-to/write-a-network.md', /NetworkBackend/],
];

/** A page from a heading to the next one of the same rank, or the whole page. */
function sectionOf(link: string): string {
  const [path = '', anchor] = link.split('#', 2);
  const page = readFileSync(join(root, 'docs', path), 'utf8');
  if (anchor === undefined) return page;
  const sections = page.split(/^## /m);
  return sections.find((section) => slug(section.split('\n', 1)[0] ?? '') === anchor) ?? '';
}

it.each(tasks)('to %s takes one step from the front page', (_task, link, answer) => {
  expect(readFileSync(join(root, 'docs/index.md'), 'utf8')).toContain(`](${link})`);
  expect(sectionOf(link)).toMatch(answer);
});
