import type { Command } from 'commander';
import type { CommandContext } from '../commands/context.ts';
import type { ExitCode } from '../commands/exit-code.ts';
import { addAgent } from './add-agent.ts';
import { addCommandExamples, newProgram } from './new-program.ts';

/**
 * The command line with `agent` alone: what the other commands need would take 4 MiB on each egress node, and is never
 * used there.
 */
export function createAgentProgram(context: CommandContext, done: (code: ExitCode) => void): Command {
  const program = newProgram(context);
  addAgent(program, context, done);
  addCommandExamples(program);
  return program;
}
