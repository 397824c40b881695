import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from './start-server.ts';

const cli = join(root, 'packages/operator/src/cli.ts');

/** An operator in a process of its own. */
export interface OperatorProcess {
  readonly child: ChildProcess;
  /** What it has logged. */
  readonly lines: string[];
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Starts the operator in a process of its own. */
export function spawnOperator(kubeconfig: string, ...flags: readonly string[]): OperatorProcess {
  return spawnProgram(cli, kubeconfig, ...flags);
}

/** The same with so little room for what it keeps. */
export function spawnSmallOperator(
  heapMegabytes: number,
  kubeconfig: string,
  ...flags: readonly string[]
): OperatorProcess {
  process.env['NODE_OPTIONS'] = `--max-old-space-size=${heapMegabytes}`;
  const operator = spawnOperator(kubeconfig, ...flags);
  delete process.env['NODE_OPTIONS'];
  return operator;
}

/** The same with the command line of another build. */
export function spawnProgram(program: string, kubeconfig: string, ...flags: readonly string[]): OperatorProcess {
  const child = spawn(
    process.execPath,
    [
      program,
      'run',
      '--kubeconfig',
      kubeconfig,
      '--metrics-bind-address',
      '0',
      '--health-probe-bind-address',
      '0',
      ...flags,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const lines: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => void lines.push(...text.split('\n').filter(Boolean)));
  return { child, lines, ended: once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string) };
}

/** Runs a command on a live cluster. */
export async function runLive(
  kubeconfig: string,
  command: string,
  ...flags: readonly string[]
): Promise<{ readonly code: number | string; readonly text: string }> {
  const child = spawn(process.execPath, [cli, command, '--live', '--kubeconfig', kubeconfig, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return { code: code ?? signal ?? '', text };
}
