import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chartFolder, deployPath } from '../paths.ts';

/**
 * The chart's README with the table of its values as they are.
 *
 * @throws Error when a value has no comment, or a comment no value
 */
export function renderChartReadme(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chart-readme-'));
  const readme = join(folder, 'README.md');
  const generator = dirname(createRequire(import.meta.url).resolve('@bitnami/readme-generator-for-helm/package.json'));
  try {
    copyFileSync(deployPath(`${chartFolder}/README.md`), readme);
    execFileSync(
      process.execPath,
      [join(generator, 'bin/index.js'), '--values', deployPath(`${chartFolder}/values.yaml`), '--readme', readme],
      { stdio: 'pipe' },
    );
    return readFileSync(readme, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
