import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'docs/findings.md'), 'utf8');
const rows = [...page.matchAll(/^\| `(\w+)` +\| (.+) \| (.+) \|$/gm)].map(
  ([, code = '', meaning = '', action = '']) => ({ code, meaning, action }),
);

/** The codes of core's own findings, by their type. */
const coreCodes = [
  ...readFileSync(join(root, 'packages/core/src/finding/codes.ts'), 'utf8').matchAll(/^ {2}\| '(\w+)'/gm),
].map(([, code = '']) => code);

/** Those that networks bring. */
const networkCodes = readdirSync(join(root, 'packages'))
  .filter((name) => name.startsWith('network-'))
  .flatMap((name) =>
    readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' }).map((file) =>
      join(root, 'packages', name, 'src', file),
    ),
  )
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  // One, or one of two by what is so.
  .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bcode: (?:\w+ \? )?'[^,\n]+/g)])
  .flatMap(([text]) => [...text.matchAll(/'([A-Z]\w+)'/g)].map(([, code = '']) => code));

describe('docs/findings.md', () => {
  it('has a row for every code, what it means and what to do', () => {
    expect(coreCodes.length).toBeGreaterThan(40);
    expect(networkCodes.length).toBeGreaterThan(10);
    const explained = new Set(rows.map(({ code }) => code));
    expect([...new Set([...coreCodes, ...networkCodes])].filter((code) => !explained.has(code))).toEqual([]);
  });

  it('has one row for each, and none for what is no code', () => {
    const known = new Set([...coreCodes, ...networkCodes]);
    expect(rows.filter(({ code }) => !known.has(code)).map(({ code }) => code)).toEqual([]);
    expect(rows.length).toBe(new Set(rows.map(({ code }) => code)).size);
  });
});
