/** A table of Markdown; what is in a cell may hold anything. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** Text as code, whatever it holds. */
export const code = (text) => (text === '' ? '' : `\`${String(text)}\``);

/** Text for people in a page: nothing in it is taken for HTML or for Vue's braces. */
export const plain = (text) => text.replaceAll('<', '&lt;').replaceAll('{{', '&#123;&#123;');

const cell = (text) =>
  String(text)
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ');
