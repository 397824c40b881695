/** The first of some texts, three where nothing else is said, and how many more there are: `a, b, c and 2 more`. */
export function firstFew(texts: readonly string[], most = 3): string {
  return texts.length > most ? `${texts.slice(0, most).join(', ')} and ${texts.length - most} more` : texts.join(', ');
}

/** Texts behind one another; `nothing` where there is none. */
export function listOrNothing(texts: readonly string[]): string {
  return texts.length === 0 ? 'nothing' : texts.join(', ');
}
