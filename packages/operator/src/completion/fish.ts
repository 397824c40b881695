import type { CommandModel } from './program-model.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Completion for fish, to be sourced. */
export function fishCompletion(name: string, commands: readonly CommandModel[]): string {
  const complete = `complete -c ${name}`;
  const lines = commands.flatMap((command) => {
    const isChosen = `-n ${quoted(`__fish_seen_subcommand_from ${command.name}`)}`;
    return [
      `${complete} -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.description)}`,
      ...(command.takesFiles ? [] : [`${complete} ${isChosen} -f`]),
      ...(command.firstArguments.length === 0
        ? []
        : [`${complete} ${isChosen} -a ${quoted(command.firstArguments.join(' '))}`]),
      ...command.flags.map(({ long, short, description, takesValue, choices }) => {
        const value = !takesValue ? '' : choices.length === 0 ? ' -r' : ` -x -a ${quoted(choices.join(' '))}`;
        return `${complete} ${isChosen} -l ${long.slice(2)}${short === undefined ? '' : ` -s ${short.slice(1)}`}${value} -d ${quoted(description)}`;
      }),
    ];
  });
  return `# fish completion of ${name}: ${name} completion fish | source\n${lines.join('\n')}\n`;
}
