import type { Command } from 'commander';

/** A flag, as a shell completes it. */
export interface FlagModel {
  readonly long: string;
  readonly short: string | undefined;
  readonly description: string;
  readonly takesValue: boolean;
  /** What the value may be; empty where it may be anything. */
  readonly choices: readonly string[];
}

/** A command, as a shell completes it. */
export interface CommandModel {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly FlagModel[];
  /** What its first argument may be; empty where that is a file. */
  readonly firstArguments: readonly string[];
  readonly takesFiles: boolean;
}

/** What the command line has to offer, read from the program itself. */
export function modelOf(program: Command): readonly CommandModel[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    flags: [
      ...command.options.map(({ long, short, description, required, argChoices }) => ({
        long: long ?? '',
        short,
        description,
        takesValue: required,
        choices: argChoices ?? [],
      })),
      { long: '--help', short: '-h', description: 'say what the command does', takesValue: false, choices: [] },
    ],
    firstArguments: command.registeredArguments[0]?.argChoices ?? [],
    takesFiles: command.registeredArguments.some(({ variadic }) => variadic),
  }));
}
