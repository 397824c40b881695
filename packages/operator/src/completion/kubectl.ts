import type { FlagModel, ProgramModel } from './program-model.ts';

/** What a shell does beside the words that are offered: kubectl takes the numbers from cobra. */
const directive = { files: 0, noFiles: 4 } as const;

/**
 * What kubectl asks of `kubectl_complete-egressip`: a line for each word that may come next, with its description after
 * a tab, and the number of what else the shell does.
 *
 * @param words what is typed after `kubectl egressip`, the unfinished word (or an empty one) last
 */
export function kubectlCompletion(words: readonly string[], { flags, commands }: ProgramModel): string {
  const current = words.at(-1) ?? '';
  const command = commands.find(({ name }) => name === words[0]);
  const described = (offered: readonly FlagModel[]): string =>
    answer(
      current,
      offered.map(({ long, description }) => [long, description]),
    );
  if (words.length < 2 && current.startsWith('-')) return described(flags);
  if (words.length < 2)
    return answer(
      current,
      commands.map(({ name, description }) => [name, description]),
    );
  if (command === undefined) return answer(current, []);
  const flag = command.flags.find(({ long, short }) => [long, short].includes(words.at(-2)));
  if (flag?.takesValue === true) return valuesOf(flag, current);
  // Of --flag=value kubectl's script takes the value alone.
  const [, name, value = ''] = /^(--[^=]+)=(.*)$/.exec(current) ?? [];
  const named = command.flags.find(({ long }) => long === name);
  if (named?.takesValue === true) return valuesOf(named, value);
  if (current.startsWith('-')) return described(command.flags);
  if (words.length === 2 && command.firstArguments.length > 0)
    return answer(
      current,
      command.firstArguments.map((word) => [word]),
    );
  return command.takesFiles ? `:${directive.files}\n` : answer(current, []);
}

function valuesOf({ choices }: FlagModel, current: string): string {
  return choices.length === 0
    ? `:${directive.files}\n`
    : answer(
        current,
        choices.map((choice) => [choice]),
      );
}

function answer(current: string, offers: readonly (readonly [word: string, description?: string])[]): string {
  const lines = offers.filter(([word]) => word.startsWith(current)).map((offer) => offer.join('\t'));
  return [...lines, `:${directive.noFiles}`, ''].join('\n');
}
