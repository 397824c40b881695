import { stringify } from 'yaml';
import type { InputProblem } from '../input/read-documents.ts';

/** Where a command writes, and how. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  readonly color: boolean;
  /** Characters in a line; absent where output does not go to a terminal. */
  readonly columns?: number;
}

/** How results are written: for people, or for programs. */
export type OutputFormat = 'table' | 'json' | 'yaml';

/** Writes a result for programs. */
export function writeData(terminal: Terminal, format: 'json' | 'yaml', data: unknown): void {
  terminal.out(format === 'json' ? `${JSON.stringify(data, null, 2)}\n` : stringify(data, { aliasDuplicateObjects: false, lineWidth: 0 }));
}

/** Writes what is wrong in the input, one line each: file, line, object, field. */
export function writeProblems(terminal: Terminal, problems: readonly InputProblem[]): void {
  for (const { file, line, object, field, message } of problems) {
    terminal.error(`${[`${file}:${line}`, object, field, message].filter((part) => part !== undefined).join(': ')}\n`);
  }
}

/** Writes what was assumed or left out of the input. */
export function writeNotes(terminal: Terminal, notes: readonly string[]): void {
  for (const note of notes) terminal.error(`note: ${note}\n`);
}
