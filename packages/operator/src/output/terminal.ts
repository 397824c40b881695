import { Document, isScalar, Scalar, visit } from 'yaml';
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

/** Writes what was assumed or left out of the input. */
export function writeNotes(terminal: Terminal, notes: readonly string[]): void {
  for (const note of notes) terminal.error(`note: ${note}\n`);
}
