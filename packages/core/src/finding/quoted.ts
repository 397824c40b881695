/** So much of a text is shown: more tells nobody anything, and whoever may write it could write a megabyte. */
const longest = 100;

/** A text of somebody's in quotation marks, as messages have it: its beginning, where it is long. */
export function quoted(text: string): string {
  return `"${text.length > longest ? `${text.slice(0, longest)}…` : text}"`;
}
