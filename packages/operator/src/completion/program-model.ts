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

/** A command line, as a shell completes it. */
export interface ProgramModel {
  /** What may stand in the place of a command. */
  readonly flags: readonly FlagModel[];
  readonly commands: readonly CommandModel[];
}

/** What the command line has to offer, read from the program itself. */
export function modelOf(program: Command): ProgramModel {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    flags: flagsOf(command, 'say what the command does'),
    firstArguments: command.registeredArguments[0]?.argChoices ?? [],
    takesFiles: command.registeredArguments.some(({ variadic }) => variadic),
  }));
  return {
    flags: flagsOf(program, 'say which commands there are'),
    commands: [
      ...commands,
      {
        name: 'help',
        description: 'Say what a command does.',
        flags: [],
        firstArguments: commands.map(({ name }) => name),
        takesFiles: false,
      },
    ],
  };
}

function flagsOf({ options }: Command, help: string): readonly FlagModel[] {
  return [
    ...options.map(({ long, short, description, required, argChoices }) => ({
      long: long ?? '',
      short,
      description,
      takesValue: required,
      choices: argChoices ?? [],
    })),
    { long: '--help', short: '-h', description: help, takesValue: false, choices: [] },
  ];
}
