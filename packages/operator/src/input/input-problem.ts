/** Something in the input that cannot be used. The rest goes on. */
export interface InputProblem {
  readonly file: string;
  readonly line: number;
  /** `KIND/NAME` where it is known. */
  readonly object?: string;
  readonly field?: string;
  readonly message: string;
}

/** An input that cannot be read at all: the command could not run. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** An error that tells the first of some problems, and how many there are. */
export function unreadable(problems: readonly InputProblem[]): InputError {
  const [first, ...others] = problems.map(({ file, line, object, field, message }) =>
    [`${file}:${line}`, object, field, message].filter((part) => part !== undefined).join(': '),
  );
  return new InputError(`${first}${others.length === 0 ? '' : ` (and ${others.length} more)`}`);
}

/** Why a text that ends the stack is not read. */
export const tooDeep = 'it is nested deeper than can be read';
