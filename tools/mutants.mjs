// Breaks the code of each law and each back end in one place at a time, and looks whether a test named after the law
// fails. A mutant that survives is a hole in the tests. Restores every file; refuses to touch one that is not
// committed. `node tools/mutants.mjs WORD` tries only those whose law, file or test file has the word in it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applied, mutants } from './mutants/list.mjs';

const word = process.argv[2] ?? '';

/** A mutant with its file as it is, and as the mutant wants it. */
function prepare(mutant) {
  const [law, , before, , test] = mutant;
  const { path, was, is } = applied(mutant);
  if (execFileSync('git', ['status', '--porcelain', path]).length > 0)
    throw new Error(`${path} has changes that are not committed`);
  return { law, path, before, was, is, test };
}

const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
const report = join(folder, 'report.json');

/** Whether a test that is named after the law fails now. */
function fails({ law, path, test }) {
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    test,
    '-t',
    `${law}:`,
    '--reporter=json',
    `--outputFile=${report}`,
  ];
  rmSync(report, { force: true });
  spawnSync(process.execPath, args, {
    stdio: 'ignore',
    env: { LAW_RUNS: '200', PROPERTY_SHRINKS: 'no', ...process.env },
  });
  const tests = JSON.parse(readFileSync(report, 'utf8')).testResults.flatMap(
    ({ assertionResults }) => assertionResults,
  );
  const tried = tests.filter(({ status }) => status === 'passed' || status === 'failed');
  if (tried.length === 0)
    throw new Error(`${test} has no test of ${law}, or ${path} is no program with this mutant in it`);
  return tried.some(({ status }) => status === 'failed');
}

// Ctrl-C ends the tests; this program goes on until what it broke is mended.
process.on('SIGINT', () => undefined);

// A text that is not in its file is an error before anything is tried.
const prepared = mutants
  .map(prepare)
  .filter(({ law, path, test }) => [law, path, test].some((text) => text.includes(word)));
let survived = 0;
for (const mutant of prepared) {
  const { law, path, before, was, is } = mutant;
  let isCaught = false;
  try {
    writeFileSync(path, is);
    isCaught = fails(mutant);
  } finally {
    writeFileSync(path, was);
  }
  if (!isCaught) survived += 1;
  console.log(`${isCaught ? 'caught  ' : 'SURVIVED'}  ${law}  ${path}: ${before.trim().split('\n')[0].slice(0, 80)}`);
}
rmSync(folder, { recursive: true });
console.log(`${prepared.length} mutants, ${survived} survived`);
process.exitCode = survived === 0 && prepared.length > 0 ? 0 : 1;
