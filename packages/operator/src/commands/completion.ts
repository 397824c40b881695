import type { Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { modelOf } from '../completion/program-model.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { CommandContext } from './context.ts';
import { exitCode, type ExitCode } from './exit-code.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** The shells that completion is written for. */
export const shellNames = Object.keys(shells) as readonly (keyof typeof shells)[];

/** `completion`: prints what a shell needs to complete commands and flags. */
export function completionCommand(context: CommandContext, shell: keyof typeof shells, program: Command): ExitCode {
  context.terminal.out(shells[shell]('egressip-ipam', modelOf(program)));
  return exitCode.nothingToDo;
}
