/** Something in the input that cannot be used. The rest goes on. */
export interface InputProblem {
  readonly file: string;
  readonly line: number;
  /** `KIND/NAME` where it is known. */
  readonly object?: string;
  readonly field?: string;
  readonly message: string;
}

/** So much is told of each part of a problem: what a file repeats in it may be as long as the file. */
const longestPart = 500;

/** A problem in one line, its parts as `show` has them. */
export function textOf(
  { file, line, object, field, message }: InputProblem,
  show: (part: string) => string = (part) => part,
): string {
  return [`${file}:${line}`, object, field, message]
    .filter((part) => part !== undefined)
    .map((part) => show(part.length > longestPart ? `${part.slice(0, longestPart)}…` : part))
    .join(': ');
}

/** An input that cannot be read at all: the command could not run. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** An error that tells the first of some problems, and how many there are. */
export function unreadable(problems: readonly InputProblem[]): InputError {
  const [first, ...others] = problems;
  const text = first === undefined ? '' : textOf(first);
  return new InputError(`${text}${others.length === 0 ? '' : ` (and ${others.length} more)`}`);
}

/** Why a text that ends the stack is not read. */
export const tooDeep = 'it is nested deeper than can be read';
