import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages, root } from './code-blocks.ts';
import tasks from './newcomer-tasks.json' with { type: 'json' };
import { slug } from './slug.ts';

// What a newcomer wants to do, the link of the front page that leads there, what somebody would type into the search,
// and what the answer has in it. `look.mjs` goes each way in a browser.

interface Section {
  /** As a link of the front page has it. */
  readonly link: string;
  readonly text: string;
}

/** What a page says, as a reader sees it: without marks, in one line. */
function plain(text: string): string {
  return text
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .replaceAll(/\s+/g, ' ');
}

const sections: readonly Section[] = pages
  .filter((page) => page.startsWith('docs/'))
  .flatMap((page) => {
    const path = page.slice('docs/'.length);
    const [, ...parts] = `\n${readFileSync(join(root, page), 'utf8')}`.split(/^## /m);
    const whole = { link: path, text: plain(readFileSync(join(root, page), 'utf8')) };
    return [
      whole,
      ...parts.map((text) => ({ link: `${path}#${slug(text.split('\n', 1)[0] ?? '')}`, text: plain(text) })),
    ];
  });

describe('a newcomer', () => {
  it.each(tasks)('who wants to $task is one step away from the answer', ({ link, answer }) => {
    expect(readFileSync(join(root, 'docs/index.md'), 'utf8')).toContain(`](${link})`);
    const { text = '' } = sections.find((section) => section.link === link) ?? {};
    expect(answer.filter((words) => !text.includes(words))).toEqual([]);
  });

  it.each(tasks)(
    'who wants to $task finds the answer in one place, by words that stand in no other',
    ({ link, answer }) => {
      const page = link.replace(/#.*/, '');
      const answering = sections.filter(({ text }) => answer.every((words) => text.includes(words)));
      expect(answering.map((section) => section.link).filter((found) => !found.startsWith(page))).toEqual([]);
      // Where one heading is the answer, no other of the page is one.
      if (link.includes('#')) expect(answering.map((section) => section.link)).toEqual([page, link]);
    },
  );
});
