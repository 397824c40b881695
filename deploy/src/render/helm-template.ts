import { execFileSync } from 'node:child_process';
import type { Values } from '../objects/values.ts';
import { chartFolder, deployPath, releaseName } from '../paths.ts';

/** How a chart is rendered. */
export interface TemplateOptions {
  readonly values?: Values;
  readonly namespace?: string;
  readonly release?: string;
  /** Further flags of `helm template`, such as `--api-versions`. */
  readonly flags?: readonly string[];
  /** The chart, a folder or a packaged file; by default this repository's. */
  readonly chart?: string;
}

/** What `helm template` prints. @throws Error with Helm's own words, where it refuses */
export function helmTemplate(helm: string, options: TemplateOptions = {}): string {
  const {
    values = {},
    namespace = releaseName,
    release = releaseName,
    flags = [],
    chart = deployPath(chartFolder),
  } = options;
  return runHelm(
    helm,
    ['template', release, chart, '--namespace', namespace, '--values', '-', ...flags],
    JSON.stringify(values),
  );
}

/** Runs Helm. @throws Error with what it wrote to standard error */
export function runHelm(helm: string, args: readonly string[], input = ''): string {
  try {
    return execFileSync(helm, args, {
      encoding: 'utf8',
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    if (error instanceof Error && 'stderr' in error) throw new Error(String(error.stderr).trim(), { cause: error });
    throw error;
  }
}
