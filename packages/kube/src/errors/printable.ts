/**
 * A text from outside, fit for a message: of bounded length (in characters), in one line, without control characters
 * and what is not to be seen.
 */
export function printable(text: string, longest: number): string {
  return text
    .slice(0, longest)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}
