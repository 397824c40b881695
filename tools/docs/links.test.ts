import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages, root } from './code-blocks.ts';
import { slug } from './slug.ts';

const withoutCode = (page: string): string => readFileSync(page, 'utf8').replaceAll(/^( *)```[^]*?^\1```$/gm, '');

function anchorsOf(page: string): ReadonlySet<string> {
  return new Set([...withoutCode(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slug(heading)));
}

/** Links of a page that lead nowhere in the repository. */
function deadLinksOf(page: string): readonly string[] {
  const links = [...withoutCode(join(root, page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', hash] = link.split('#', 2);
    const target = path === '' ? join(root, page) : join(root, dirname(page), path);
    if (path.startsWith('/') || relative(root, target).startsWith('docs/reference/')) return false;
    if (!existsSync(target)) return true;
    return hash !== undefined && target.endsWith('.md') && !anchorsOf(target).has(hash);
  });
}

describe('links of', () => {
  it.each(pages.map((page): [string] => [page]))('%s lead to files and headings that are there', (page) => {
    expect(deadLinksOf(page)).toEqual([]);
  });
});
