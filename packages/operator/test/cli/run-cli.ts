import { main } from '../../src/main.ts';

/** What one run of the command line gave. */
export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** How to run it. */
export interface CliOptions {
  readonly input?: string;
  readonly color?: boolean;
  readonly columns?: number;
}

/** Runs the command line in this process. */
export async function runCli(
  args: readonly string[],
  { input = '', color = false, columns }: CliOptions = {},
): Promise<CliResult> {
  let out = '';
  let error = '';
  const code = await main(args, {
    terminal: {
      out: (text) => void (out += text),
      error: (text) => void (error += text),
      color,
      ...(columns === undefined ? {} : { columns }),
    },
    standardInput: () => Promise.resolve(input),
  });
  return { code, out, error };
}
