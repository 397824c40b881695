// Runs every benchmark in a process of its own, prints ratios against the yardsticks of the same process, and writes
// bench-results.json.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function runFile(file) {
  const script = `const { run } = await import(${JSON.stringify(pathToFileURL(file).href)}); process.stdout.write(JSON.stringify(await run()));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
}

const rows = [];
for (const name of readdirSync(join(root, 'packages'))) {
  const folder = join(root, 'packages', name, 'bench');
  if (!existsSync(folder)) continue;
  for (const file of readdirSync(folder)
    .filter((entry) => entry.endsWith('.bench.ts'))
    .sort())
    rows.push(...runFile(join(folder, file)));
}
const isMet = ({ ratio, budget }) => budget === undefined || ratio <= budget;
console.table(
  rows.map(({ name, ours, yardstick, ratio, budget }) => ({
    name,
    'ours (ms)': ours.toFixed(2),
    'yardstick (ms)': yardstick.toFixed(2),
    ratio: ratio.toFixed(2),
    budget: budget ?? '',
    met: budget === undefined ? '' : isMet({ ratio, budget }),
  })),
);
writeFileSync(join(root, 'bench-results.json'), `${JSON.stringify({ node: process.version, rows }, null, 2)}\n`);
if (process.argv.includes('--strict') && !rows.every(isMet)) process.exitCode = 1;
