import { expect, it } from 'vitest';
import { readYaml } from './read-yaml.ts';

const read = (text: string) => {
  const { objects, problems } = readYaml(text, 'file');
  return { objects: objects.map(({ object }) => object), problems };
};

it.each([
  ['quotes', '"'.repeat(200_000), 'a line has more than 1000 signs outside of brackets'],
  ['colons', ': '.repeat(100_000), 'it is nested deeper than can be read'],
  ['dashes', '- '.repeat(100_000), 'it is nested deeper than can be read'],
  ['question marks', `a: b\n${'? '.repeat(100_000)}`, 'it is nested deeper than can be read'],
])('refuses a line of %s before it is parsed: each would be an error, or a map in a map', (_what, text, message) => {
  const { objects, problems } = read(text);
  expect([objects, problems]).toMatchObject([[], [{ message }]]);
});

it('takes a line as long as it likes where it is in brackets, or a text', () => {
  const list = Array.from({ length: 5_000 }, (_, index) => `a${index}`);
  const text = 'one "two" : three - four '.repeat(500);
  expect(read(`a: [${list.join(', ')}]\nb: '${text}'\nc: x${text.replaceAll(': ', '')}`).objects).toEqual([
    { a: list, b: text, c: `x${text.replaceAll(': ', '')}`.trim() },
  ]);
});

it('stops at a hundred errors, and says where', () => {
  const { objects, problems } = read(`kind: A\n---\n${'""\n'.repeat(5_000)}---\nkind: B\n`);
  expect(objects).toEqual([{ kind: 'A' }]);
  expect(problems).toMatchObject([
    { line: 4, message: expect.stringContaining('Unexpected') },
    { line: 104, message: 'there are 100 errors up to this line; what follows is not read' },
  ]);
});

it('says of directives that no document follows which they are', () => {
  expect(read('%A b\n%C\n').problems).toMatchObject([{ line: 1, message: 'Unknown directive %A' }]);
  expect(read('%YAML 1.2\n---\na: b\n')).toEqual({ objects: [{ a: 'b' }], problems: [] });
});

it('refuses what takes more memory than there is, and says what to do', () => {
  const text = 'a: {b: [c, "d"], e: f}\n'.repeat(1_000);
  const { problems } = readYaml(text, 'file', 1_000_000);
  expect(problems).toMatchObject([{ line: 161, message: expect.stringContaining('as JSON') }]);
  expect(readYaml(text, 'file', 10_000_000).objects).toHaveLength(1);
});

it('reads what stands behind a document with a few errors', () => {
  const { objects, problems } = read(`${'""\n'.repeat(5)}---\nkind: B\n`);
  expect([objects, problems.length]).toEqual([[{ kind: 'B' }], 1]);
});

it('says of a hundred and fifty thousand keys that they stand twice', () => {
  const { problems } = read('a: b\n'.repeat(150_000));
  expect(problems).toHaveLength(149_999);
  expect(problems[0]).toMatchObject({ line: 2, message: 'the key "a" stands twice in one map; the last one counts' });
});
