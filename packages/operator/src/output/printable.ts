// Control characters of both sets, and what turns the direction of a text, ends a line unseen, or is not to be seen.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const unprintableButNewline = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escape = (character: string): string =>
  short[character] ??
  Array.from({ length: character.length }, (_, unit) => hexadecimal(character.charCodeAt(unit))).join('');
const hexadecimal = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;

/** A text from an object as a person may read it: what a terminal would obey is shown escaped, as JSON escapes it. */
export const printable = (text: string): string => text.replace(unprintable, escape);

/** The same of a text of several lines that this program made. */
export const printableLines = (text: string): string => text.replace(unprintableButNewline, escape);
