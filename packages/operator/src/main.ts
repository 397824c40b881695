import { CommanderError } from 'commander';
import { exitCode, type ExitCode } from './commands/exit-code.ts';
import type { CommandContext } from './commands/context.ts';
import { kubectlCompletion } from './completion/kubectl.ts';
import { modelOf } from './completion/program-model.ts';
import { createProgram } from './program/create-program.ts';
import { printable } from './output/printable.ts';
import { reasonOf } from './output/reason-of.ts';

/** Runs a command line and returns its exit code. Users never see a stack trace. */
export async function main(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  let code: ExitCode = exitCode.nothingToDo;
  const program = createProgram(context, (result) => {
    code = result;
  });
  if (context.completes === true) {
    context.terminal.out(kubectlCompletion(argv, modelOf(program)));
    return code;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.nothingToDo : exitCode.couldNotRun;
    context.terminal.error(`egressip-ipam: ${printable(reasonOf(error))}\n`);
    return exitCode.couldNotRun;
  }
}
