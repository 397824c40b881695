/** As much of what somebody reports as anybody reads. */
const longest = 1_000;

/**
 * A text that somebody else wrote, such as a condition's message: its beginning, where it is long. It is a text of its
 * own: a part of one keeps all of it in memory.
 */
export function beginningOf(text: string): string {
  return text.length > longest ? `${[...text.slice(0, longest)].join('')}…` : text;
}
