import { execFile } from 'node:child_process';

/** What a program said. */
export interface ProgramResult {
  /** Exit code; -1 when it could not be started or was killed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with an input; never throws. It is killed after five seconds: nothing here takes a tenth of that. */
export function runProgram(program: string, programArguments: readonly string[], input = ''): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const options = { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024, timeout: 5_000, killSignal: 'SIGKILL' } as const;
    const child = execFile(program, programArguments, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr: stderr === '' && error !== null ? error.message : stderr });
    });
    // A program that reads nothing may close its input before we have written.
    child.stdin?.on('error', () => undefined).end(input);
  });
}
