import type { CommandModel, FlagModel, ProgramModel } from './program-model.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const inBrackets = (text: string): string => text.replaceAll(/[[\]:\\]/g, '\\$&');

/** Completion for zsh, to be sourced, or to lie in a folder of \`$fpath\`. */
export function zshCompletion(name: string, { flags, commands }: ProgramModel): string {
  const functionName = `_${name.replaceAll(/\W/g, '_')}`;
  const descriptions = commands.map((command) => `    ${quoted(`${command.name}:${inBrackets(command.description)}`)}`);
  const cases = commands.map(
    (command) =>
      `    ${command.name}) _arguments -S ${[...command.flags.flatMap(flagSpecs), ...argumentSpecs(command)].map(quoted).join(' ')} ;;`,
  );
  return `#compdef ${name}
# zsh completion of ${name}: source <(${name} completion zsh)
${functionName}() {
  local -a commands=(
${descriptions.join('\n')}
  )
  if (( CURRENT == 2 )); then
    if [[ $PREFIX == -* ]]; then
      _arguments -S ${flags.flatMap(flagSpecs).map(quoted).join(' ')}
    else
      _describe command commands
    fi
    return
  fi
  local command=\${words[2]}
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef ${functionName} ${name}
`;
}

function flagSpecs({ long, short, description, takesValue, choices }: FlagModel): readonly string[] {
  const value = !takesValue ? '' : choices.length === 0 ? ':value:_files' : `:value:(${choices.join(' ')})`;
  // With a =, a long flag takes its value behind one as well as in the next word.
  const names = [takesValue ? `${long}=` : long, ...(short === undefined ? [] : [short])];
  return names.map((flag) => `*${flag}[${inBrackets(description)}]${value}`);
}

function argumentSpecs({ firstArguments, takesFiles }: CommandModel): readonly string[] {
  return [
    ...(firstArguments.length === 0 ? [] : [`1:what:(${firstArguments.join(' ')})`]),
    ...(takesFiles ? ['*:file:_files'] : []),
  ];
}
