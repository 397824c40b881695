import { expect, it } from 'vitest';
import { Parser } from 'yaml';
import { composeFew, mostErrors } from './compose-few.ts';

const compose = (text: string) => {
  const composer = composeFew();
  const documents = [...composer.compose(new Parser().parse(text))];
  return [...documents, composer.streamInfo()].map(({ errors, warnings }) => Math.max(errors.length, warnings.length));
};

it.each([
  ['maps in one line', 'a: b: c\n'.repeat(5_000)],
  ['two tags', 'a: !a !b c\n'.repeat(5_000)],
  ['tabs', 'a:\n\tb: c\n'.repeat(5_000)],
  ['directives', '%A b\n'.repeat(5_000)],
  ['directives before a document', `${'%A b\n'.repeat(5_000)}---\na: b\n`],
  ['escapes', `a: "${'\\q'.repeat(5_000)}"`],
  ['flows', `a: [${'b: c: d,'.repeat(5_000)}]`],
])('keeps a hundred errors of %s', (_what, text) => {
  expect(Math.max(...compose(text))).toBe(mostErrors);
});

it('keeps those of each document by itself', () => {
  const broken = 'a: b: c\n'.repeat(200);
  expect(compose(`${broken}---\na: b\n---\n${broken}`)).toEqual([mostErrors, 0, mostErrors, 0]);
});
