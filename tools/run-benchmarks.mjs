// Runs every benchmark, prints ratios against the yardsticks of the same run, and writes bench-results.json.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const rows = [];
for (const name of readdirSync(join(root, 'packages'))) {
  const folder = join(root, 'packages', name, 'bench');
  if (!existsSync(folder)) continue;
  for (const file of readdirSync(folder).filter((entry) => entry.endsWith('.bench.ts')).sort()) {
    const benchmark = await import(pathToFileURL(join(folder, file)).href);
    rows.push(...(await benchmark.run()));
  }
}
console.table(rows.map(({ name, ours, yardstick, ratio, budget }) => ({ name, 'ours (ms)': ours.toFixed(2), 'yardstick (ms)': yardstick.toFixed(2), ratio: ratio.toFixed(2), budget, met: ratio <= budget })));
writeFileSync(join(root, 'bench-results.json'), `${JSON.stringify({ node: process.version, rows }, null, 2)}\n`);
if (process.argv.includes('--strict') && rows.some(({ ratio, budget }) => ratio > budget)) process.exitCode = 1;
