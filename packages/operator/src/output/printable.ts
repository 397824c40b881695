// Control characters of both sets, and what turns the direction of a text or ends a line unseen.
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const unprintableButNewline = new RegExp(unprintable.source.replace('\\u001f', '\\u0009\\u000b-\\u001f'), 'g');

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escape = (character: string): string =>
  short[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A text from an object as a person may read it: what a terminal would obey is shown escaped, as JSON escapes it. */
export const printable = (text: string): string => text.replace(unprintable, escape);

/** The same of a text of several lines that this program made. */
export const printableLines = (text: string): string => text.replace(unprintableButNewline, escape);
