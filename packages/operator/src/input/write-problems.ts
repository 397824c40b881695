import { printable } from '../output/printable.ts';
import type { Terminal } from '../output/terminal.ts';
import { textOf, type InputProblem } from './input-problem.ts';

/** How often one problem is told, and how many problems in all. */
const mostAlike = 10;
const mostTold = 200;
const longestLikeness = 1_000;

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
      terminal.error(`${textOf(problem, printable)}\n`);
    }
  }
  for (const [key, count] of counts)
    if (count > mostAlike) terminal.error(`… and ${count - mostAlike} more times: ${key}\n`);
  const rest = problems.length - told - alike;
  if (rest > 0) terminal.error(`… and ${rest} more problems\n`);
}

/** A problem without what is one object's own: its name, its place, its value. */
function likenessOf({ object, field, message }: InputProblem): string {
  const parts = [
    object?.replace(/\/.*/s, ''),
    field?.replaceAll(/\[\d+\]/g, '[]'),
    message.replaceAll(/"(?:[^"\\]|\\.)*"/gs, '"…"').replaceAll(/\d[\w.:/-]*/g, '…'),
  ];
  return printable(
    parts
      .filter((part) => part !== undefined)
      .join(': ')
      .slice(0, longestLikeness),
  );
}
