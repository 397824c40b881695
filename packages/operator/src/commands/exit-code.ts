/** Exit codes that scripts can rely on. */
export const exitCode = {
  /** There is nothing to do. */
  nothingToDo: 0,
  /** The command could not run. */
  couldNotRun: 1,
  /** Changes or problems were found. */
  found: 2,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
