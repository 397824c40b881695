import * as testing from '@egressip-ipam/core/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import * as vitest from 'vitest';
import { network } from '../../packages/operator/test/integration/config-map-network/config-map-network.ts';
import { blocksOf, root } from './code-blocks.ts';

const modules: Readonly<Record<string, unknown>> = { '@egressip-ipam/core/testing': testing, vitest };
const page = 'docs/how-to/write-a-network.md';
const [block] = blocksOf(page).filter(({ language }) => language === 'ts');

/** The function `prove` of the page, with fewer histories. */
function proveOfPage(): (backend: typeof network) => void {
  const text = (block?.text ?? '').replace(/runs: \d+/, 'runs: 20');
  const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
  const exports: { prove?: (backend: typeof network) => void } = {};
  compileFunction(outputText, ['exports', 'require'])(exports, (name: string) => modules[name]);
  if (exports.prove === undefined) throw new Error('the page on how to write a network has no function prove');
  return exports.prove;
}

// Who begins with the network that the page names, and proves it by what the page shows, sees the laws hold.
proveOfPage()(network);

vitest.it('the network that it begins with is as short as it says', () => {
  const text = readFileSync(join(root, page), 'utf8');
  const [, path = '', most] = /\]\((\S+config-map-network\.ts)\).*?less than (\d+) lines/s.exec(text) ?? [];
  const lines = readFileSync(join(root, 'docs/how-to', path), 'utf8').split('\n').length;
  vitest.expect(lines).toBeLessThan(Number(most));
});
