/** The first three of some texts, and how many more there are: `a, b, c and 2 more`. */
export function firstFew(texts: readonly string[]): string {
  return texts.length > 3 ? `${texts.slice(0, 3).join(', ')} and ${texts.length - 3} more` : texts.join(', ');
}

/** Texts behind one another; `nothing` where there is none. */
export function listOrNothing(texts: readonly string[]): string {
  return texts.length === 0 ? 'nothing' : texts.join(', ');
}
