/** How a table is drawn. */
export interface TableOptions {
  /** Whether headings are in colour. */
  readonly color: boolean;
}

/** Draws rows under headings, as wide as they need, two spaces between columns. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], { color }: TableOptions): string {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string => cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd();
  const head = line(headings);
  return [color ? `\u001B[1m${head}\u001B[0m` : head, ...rows.map(line)].join('\n');
}
