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
