import { printable } from './printable.ts';

/** How a table is drawn. */
export interface TableOptions {
  /** Whether headings are in colour. */
  readonly color: boolean;
  /** Characters in a line of the terminal; absent where there is none, and lines stay whole. */
  readonly columns?: number;
}

/** A last column that is narrower than this is not wrapped: it would be harder to read than a long line. */
const narrowest = 24;

/**
 * Draws rows under headings, two spaces between columns; where the lines are too long for the terminal, the last column
 * is wrapped. Control characters in cells are shown escaped.
 */
export function table(
  headings: readonly string[],
  cells: readonly (readonly string[])[],
  { color, columns }: TableOptions,
): string {
  const rows = cells.map((row) => row.map(printable));
  const widths = headings
    .slice(0, -1)
    .map(
      (heading, column) => rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), heading.length) + 2,
    );
  const indent = widths.reduce((sum, width) => sum + width, 0);
  const room = columns === undefined || columns - indent < narrowest ? Infinity : columns - indent;
  const line = (cells: readonly string[]): string => {
    const first = widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join('');
    return `${first}${wrap(cells[widths.length] ?? '', room).join(`\n${' '.repeat(indent)}`)}`.trimEnd();
  };
  const head = line(headings);
  return [color ? `\u001B[1m${head}\u001B[0m` : head, ...rows.map(line)].join('\n');
}

/** Text in lines of at most `room` characters, broken at spaces; a longer word stands alone. */
function wrap(text: string, room: number): readonly string[] {
  if (text.length <= room) return [text];
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > room) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}
