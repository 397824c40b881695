import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a suite of its own with the reporter: exit code and output. */
async function run(suite: string): Promise<{ readonly code: unknown; readonly output: string }> {
  const folder = await mkdtemp(join(root, 'tools/testing/.skips-'));
  try {
    const here = fileURLToPath(new URL('.', import.meta.url));
    await writeFile(
      join(folder, 'a.test.ts'),
      `import { describe, expect, it } from 'vitest';\nimport { unless } from '${here}unless.ts';\n${suite}`,
    );
    await writeFile(
      join(folder, 'vitest.config.ts'),
      `import { SkipReporter } from '${here}skips.ts';\nexport default { test: { reporters: ['default', new SkipReporter()] } };`,
    );
    return await new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder],
        (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
      );
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

// Each starts a Vitest of its own, which takes its time on a busy machine.
const whole = { timeout: 120_000 };

it('tells what is skipped, once for each reason, and lets the run pass', whole, async () => {
  const { code, output } = await run(
    "describe('a', unless(true, 'no moon'), () => { it('b', () => {}); it('c', () => {}); });\ndescribe.skip('f (skipped: no stars)', () => { it('g', () => {}); });\nit('d', unless(true, 'no sun'), () => {});\nit('e', unless(false, 'never'), () => {});",
  );
  expect(output).toContain('Skipped: 2 tests in 1 file: no moon\n');
  expect(output).toContain('Skipped: 1 test in 1 file: no sun\n');
  expect(output).toContain('Skipped: 1 test in 1 file: no stars\n');
  expect(output).not.toContain('never');
  expect(code).toBe(0);
});

it('fails a run in which something is skipped without a reason', whole, async () => {
  const { code, output } = await run("it.skip('a', () => {});\nit('b', () => {});");
  expect(output).toContain('no reason is given');
  expect(code).toBe(1);
});

it('fails an empty suite', whole, async () => {
  expect(await run("describe('a', () => {});\nit('b', () => {});")).toMatchObject({ code: 1 });
  expect(await run('it.each([])("%s", () => {});')).toMatchObject({ code: 1 });
});
