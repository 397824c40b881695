import type { ProgramModel } from './program-model.ts';

/** Completion for bash, to be sourced. */
export function bashCompletion(name: string, { flags: rootFlags, commands }: ProgramModel): string {
  const offer = (words: readonly string[]): string => `COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current"))`;
  const values = commands.flatMap((command) =>
    command.flags
      .filter(({ takesValue }) => takesValue)
      .map(({ long, short, choices }) => {
        const places = [long, ...(short === undefined ? [] : [short])].map((flag) => `${command.name}:${flag}`);
        return `    ${places.join('|')}) ${choices.length === 0 ? 'COMPREPLY=($(compgen -f -- "$current"))' : offer(choices)}; return ;;`;
      }),
  );
  const flags = commands.map((command) => `      ${command.name}) ${offer(command.flags.map(({ long }) => long))} ;;`);
  const first = commands
    .filter(({ firstArguments }) => firstArguments.length > 0)
    .map((command) => `    ${command.name}:2) ${offer(command.firstArguments)}; return ;;`);
  const functionName = `_${name.replaceAll(/\W/g, '_')}`;
  return `# bash completion of ${name}: source <(${name} completion bash)
${functionName}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  # --flag=value is three words here.
  if [ "$current" = = ]; then
    current=
  elif [ "$previous" = = ]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${offer([...commands.map((command) => command.name), ...rootFlags.map(({ long }) => long)])}
    return
  fi
  case "$command:$previous" in
${values.join('\n')}
  esac
  if [ "\${current#-}" != "$current" ]; then
    case "$command" in
${flags.join('\n')}
    esac
    return
  fi
  case "$command:$COMP_CWORD" in
${first.join('\n')}
  esac
  case "$command" in
    ${commands
      .filter(({ takesFiles }) => takesFiles)
      .map((command) => command.name)
      .join('|')}) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F ${functionName} ${name}
`;
}
