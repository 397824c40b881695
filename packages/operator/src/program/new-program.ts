import { Command } from 'commander';
import { versionText } from '../output/build-info.ts';
import type { CommandContext } from '../commands/context.ts';
import { examples } from '../commands/examples.ts';
import { exitCode } from '../commands/exit-code.ts';
import { printableLines } from '../output/printable.ts';

/** The command line without any command. */
export function newProgram(context: CommandContext): Command {
  return new Command(context.isPlugIn === true ? 'kubectl egressip' : 'egressip-ipam')
    .description('Egress IPs for Kubernetes namespaces: allocate them, place them on nodes, and say why.')
    .version(versionText)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.terminal.out(text),
      writeErr: (text) => context.terminal.error(printableLines(text)),
    })
    .addHelpText(
      'after',
      `\nExit codes: ${exitCode.nothingToDo} nothing to do, ${exitCode.found} changes or problems found, ${exitCode.couldNotRun} could not run.`,
    );
}

/** Has the help of each command end with what people type. */
export function addCommandExamples(program: Command): void {
  for (const command of program.commands) addExamples(program, command, examples[command.name()] ?? []);
}

/** Has a help text end with such lines, which are given without the program's name. */
export function addExamples(program: Command, command: Command, lines: readonly string[]): void {
  command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${program.name()} ${line}`).join('\n')}`);
}
