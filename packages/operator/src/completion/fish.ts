import type { FlagModel, ProgramModel } from './program-model.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Completion for fish, to be sourced. */
export function fishCompletion(name: string, { flags, commands }: ProgramModel): string {
  const complete = `complete -c ${name}`;
  const isCommand = `__${name.replaceAll(/\W/g, '_')}_command`;
  const flagLine = (condition: string, { long, short, takesValue, choices, description }: FlagModel): string => {
    const value = !takesValue ? '' : choices.length === 0 ? ' -r' : ` -x -a ${quoted(choices.join(' '))}`;
    return `${complete} ${condition} -l ${long.slice(2)}${short === undefined ? '' : ` -s ${short.slice(1)}`}${value} -d ${quoted(description)}`;
  };
  const lines = commands.flatMap((command) => {
    const isChosen = `-n ${quoted(`${isCommand} ${command.name}`)}`;
    return [
      `${complete} -n ${isCommand} -f -a ${command.name} -d ${quoted(command.description)}`,
      ...(command.takesFiles ? [] : [`${complete} ${isChosen} -f`]),
      ...(command.firstArguments.length === 0
        ? []
        : [`${complete} ${isChosen} -a ${quoted(command.firstArguments.join(' '))}`]),
      ...command.flags.map((flag) => flagLine(isChosen, flag)),
    ];
  });
  return `# fish completion of ${name}: ${name} completion fish | source
# The command is the first word alone: a file may have the name of one.
function ${isCommand}
    set -l words (commandline -opc)
    test "$words[2]" = "$argv[1]"
end
${[...flags.map((flag) => flagLine(`-n ${isCommand}`, flag)), ...lines].join('\n')}
`;
}
