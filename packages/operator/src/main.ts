import { CommanderError, type Command } from 'commander';
import { exitCode, type ExitCode } from './commands/exit-code.ts';
import type { CommandContext } from './commands/context.ts';
import { printable } from './output/printable.ts';
import { reasonOf } from './output/reason-of.ts';

/** Runs a command line and returns its exit code. Users never see a stack trace. */
export async function main(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  let code: ExitCode = exitCode.nothingToDo;
  const program = await programFor(argv, context, (result) => {
    code = result;
  });
  if (context.completes === true) {
    const [{ kubectlCompletion }, { modelOf }] = await Promise.all([
      import('./completion/kubectl.ts'),
      import('./completion/program-model.ts'),
    ]);
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

/** The whole command line, or the agent's part of it. */
async function programFor(
  [command]: readonly string[],
  context: CommandContext,
  done: (code: ExitCode) => void,
): Promise<Command> {
  if (command === 'agent' && context.completes !== true)
    return (await import('./program/create-agent-program.ts')).createAgentProgram(context, done);
  return (await import('./program/create-program.ts')).createProgram(context, done);
}
