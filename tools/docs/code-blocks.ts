import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A fenced block of a page. */
export interface CodeBlock {
  /** `PAGE:LINE` of its first line, from the root. */
  readonly at: string;
  readonly language: string;
  readonly text: string;
}

/** Every page that people read: the documentation, and each README. */
export const pages: readonly string[] = listed('*.md').filter((path) =>
  /^(docs\/.*|([^/]+\/)*README|CONTRIBUTING)(\.md)?$/.test(path),
);

/** The blocks of a page, with the indent of a list taken off. */
export function blocksOf(page: string): readonly CodeBlock[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^( *)```(\w*)\n([^]*?)^\1```$/gm)].map(
    ([, indent = '', language = '', body = ''], index) => ({
      at: `${page}:${lineOf(text, index)}`,
      language,
      text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

/** The blocks of all pages in one language. */
export const blocksIn = (...languages: readonly string[]): readonly CodeBlock[] =>
  pages.flatMap(blocksOf).filter(({ language }) => languages.includes(language));

/** The programs in comments of what packages export. */
export const examplesInSource = (): readonly CodeBlock[] =>
  listed('packages/*/src/*.ts').flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return [...text.matchAll(/^ *\* ```ts\n([^]*?)^ *\* ```$/gm)].map(({ 1: body = '', index }) => ({
      at: `${path}:${text.slice(0, index).split('\n').length + 1}`,
      language: 'ts',
      text: body.replaceAll(/^ *\* ?/gm, ''),
    }));
  });

/** Commands in the middle of sentences, each in one line, which begin with one of these words. */
export const commandsInSentences = (...beginnings: readonly string[]): readonly Omit<CodeBlock, 'language'>[] =>
  pages.flatMap((page) => {
    const content = readFileSync(join(root, page), 'utf8');
    const commands = content.matchAll(new RegExp(`\`((?:${beginnings.join('|')}) [^\`]+)\``, 'g'));
    return [...commands].map(({ 1: text = '', index }) => ({
      at: `${page}:${content.slice(0, index).split('\n').length}`,
      text: text.replaceAll(/\s+/g, ' '),
    }));
  });

/** Where the nth block of a text begins. */
function lineOf(text: string, index: number): number {
  const fences = [...text.matchAll(/^ *```/gm)];
  return text.slice(0, fences[2 * index]?.index).split('\n').length + 1;
}

/**
 * The words of each command of a shell block: one line each, without what comes after a pipe, a redirection or a
 * comment.
 */
export function commandsOf(text: string): readonly (readonly string[])[] {
  return text
    .replaceAll(/\\\n\s*/g, ' ')
    .split(/\n|&&|;|\|(?=\s)/)
    .map((line) => [...line.matchAll(/'[^']*'|"[^"]*"|[^\s]+/g)].map(([word]) => word))
    .map((words) => words.slice(0, end(words)).map((word) => word.replaceAll(/^['"]|['"]$/g, '')))
    .filter((words) => words.length > 0);
}

function end(words: readonly string[]): number {
  const found = words.findIndex((word) => /^(#|>|<|&$|2>)/.test(word));
  return found === -1 ? words.length : found;
}

/** The repository's files of a pattern, with those that are new. */
function listed(pattern: string): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', pattern];
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '');
}
