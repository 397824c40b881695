import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { root } from '../../src/paths.ts';

/** Runs a step of the release's workflow as its runner does, and tells what it printed. */
export function runStep(name: string, folder: string, environment: NodeJS.ProcessEnv = {}): string {
  return execFileSync('bash', ['-ec', scriptOf(name)], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...readWorkflow().env, ...environment },
  });
}

/** The same, while this process answers what the step asks for. */
export async function runStepAlongside(
  name: string,
  folder: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const env = { ...process.env, ...readWorkflow().env, ...environment };
  return (await promisify(execFile)('bash', ['-ec', scriptOf(name)], { cwd: folder, env })).stdout;
}

/** Writes a program into a folder that does nothing but note what it was told; returns that, a call each. */
export function standInFor(program: string, folder: string): () => readonly string[] {
  const calls = join(folder, `${program}.calls`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(calls, '');
  writeFileSync(join(folder, program), `#!/bin/sh\necho "$*" >> '${calls}'\n`, { mode: 0o755 });
  return () => readFileSync(calls, 'utf8').split('\n').slice(0, -1);
}

/** The platforms that an image is built for, by the id of the step that builds it. */
export function platformsOf(id: string): readonly string[] {
  const platforms = readSteps().find((step) => step.id === id)?.with?.['platforms'];
  if (platforms === undefined) throw new Error(`the workflow builds no ${id}`);
  return platforms.split(',');
}

function scriptOf(name: string): string {
  const step = readSteps().find((candidate) => candidate.name?.startsWith(name) === true);
  if (step?.run === undefined) throw new Error(`the workflow has no step ${name}`);
  return step.run;
}

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

/** The steps of all jobs of the release. */
function readSteps(): readonly Step[] {
  return Object.values(readWorkflow().jobs).flatMap(({ steps }) => steps);
}

interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

function readWorkflow(): Workflow {
  return parse(readFileSync(join(root, '.github/workflows/release.yaml'), 'utf8')) as Workflow;
}
