import { Document, isScalar, Scalar, visit } from 'yaml';
import type { InputProblem } from '../input/input-problem.ts';
import { printable, printableLines } from './printable.ts';

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
  terminal.out(printableLines(format === 'json' ? `${JSON.stringify(data, null, 2)}\n` : asYaml(data)));
}

/**
 * YAML in which every text that holds what {@link printable} escapes stands in double quotes, where the escapes are
 * understood.
 */
function asYaml(data: unknown): string {
  const document = new Document(data, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (isScalar(node) && typeof node.value === 'string' && printable(node.value) !== node.value)
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** How often one problem is told, and how many problems in all. */
const mostAlike = 10;
const mostTold = 200;

/**
 * Writes what is wrong in the input, one line each: file, line, object, field. What comes again and again is counted.
 */
export function writeProblems(terminal: Terminal, problems: readonly InputProblem[]): void {
  const counts = new Map<string, number>();
  let [told, alike] = [0, 0];
  for (const problem of problems) {
    const key = likenessOf(problem);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count > mostAlike) alike += 1;
    else if (told < mostTold) {
      told += 1;
      terminal.error(`${describeProblem(problem)}\n`);
    }
  }
  for (const [key, count] of counts)
    if (count > mostAlike) terminal.error(`… and ${count - mostAlike} more times: ${key}\n`);
  const rest = problems.length - told - alike;
  if (rest > 0) terminal.error(`… and ${rest} more problems\n`);
}

/** A problem in one line. */
export function describeProblem({ file, line, object, field, message }: InputProblem): string {
  return [`${file}:${line}`, object, field, message]
    .filter((part) => part !== undefined)
    .map(printable)
    .join(': ');
}

/** A problem without what is one object's own: its name, its place, its value. */
function likenessOf({ object, field, message }: InputProblem): string {
  const parts = [
    object?.replace(/\/.*/s, ''),
    field?.replaceAll(/\[\d+\]/g, '[]'),
    message.replaceAll(/"(?:[^"\\]|\\.)*"/gs, '"…"').replaceAll(/\d[\w.:/-]*/g, '…'),
  ];
  return printable(parts.filter((part) => part !== undefined).join(': '));
}

/** Writes what was assumed or left out of the input. */
export function writeNotes(terminal: Terminal, notes: readonly string[]): void {
  for (const note of notes) terminal.error(`note: ${note}\n`);
}
