import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { oldestNode, supportsNode } from './supports-node.ts';

it.each([
  ['18.20.8', false],
  ['20.20.2', false],
  ['22.18.0', false],
  ['22.19.0', true],
  ['22.20.1', true],
  ['24.0.0', true],
  ['26.1.0', true],
] as const)('Node %s: %s', (version, is) => {
  expect(supportsNode(version)).toBe(is);
});

it('is what the package says that it needs', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    engines: { node: string };
  };
  expect(engines.node).toBe(`>=${oldestNode}`);
});
