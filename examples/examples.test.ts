import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { main } from '@egressip-ipam/operator';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));
const isUpdating = process.env['UPDATE_EXAMPLES'] === 'true';

async function run(args: readonly string[]): Promise<string> {
  let output = '';
  const write = (text: string): void => void (output += text.replaceAll(root, ''));
  const code = await main(
    args.map((arg) => (arg.startsWith('examples/') ? join(root, arg) : arg)),
    {
      terminal: { out: write, error: write, color: false },
      standardInput: () => Promise.resolve(''),
    },
  );
  return `${output}\nexit code ${code}\n`;
}

const commands = JSON.parse(await readFile(join(folder, 'commands.json'), 'utf8')) as Readonly<
  Record<string, readonly string[]>
>;

describe('examples print what they say they print', () => {
  it.each(Object.entries(commands))('%s', async (name, args) => {
    const output = await run(args);
    const expected = join(folder, name);
    if (isUpdating) await writeFile(expected, output);
    expect(output).toBe(await readFile(expected, 'utf8'));
  });

  it('embed-core', async () => {
    if (!existsSync(join(root, 'packages/core/dist/index.js')))
      return expect.unreachable('build @egressip-ipam/core first: pnpm build');
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'embed-core/allocate.mjs')]);
    expect(stdout).toBe(await readFile(join(folder, 'embed-core/expected.txt'), 'utf8'));
  });
});
