import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { loggedMessages, messagesIn } from './log-messages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const said = loggedMessages(root);

it('finds the messages', () => {
  expect(said.length).toBeGreaterThan(50);
  expect(said.map(({ text }) => text)).toContain('addresses moved between interfaces');
  expect(messagesIn('sample.ts', 'log.warn(`${node} is dead`, { node })')).toEqual([
    { file: 'sample.ts', text: '`${node} is dead`', level: 'warn', keys: ['node'], isStable: false },
  ]);
});

it('a message of the log has no value inside', () => {
  expect(said.filter(({ isStable }) => !isStable)).toEqual([]);
});

it('every message of the log has its row in docs/log.md, and every row its message', () => {
  const rows = readFileSync(join(root, 'docs/log.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const documented = rows.flatMap((row) =>
    [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, text]) => text),
  );
  expect([...new Set(documented)].sort()).toEqual([...new Set(said.map(({ text }) => text))].sort());
});
