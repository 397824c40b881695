import { constants } from 'node:buffer';

/** The most bytes of one input: a longer text has no place in this process. */
export const mostBytes = constants.MAX_STRING_LENGTH;

/** A text, or why the bytes are none. */
export type DecodedText =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

const refused = (message: string): DecodedText => ({ ok: false, message });

/** Why an input of so many bytes is not read. */
export const tooLarge = (bytes: number): string =>
  `it has ${Math.round(bytes / 2 ** 20)} MB, and more than ${Math.floor(mostBytes / 2 ** 20)} MB cannot be read at once: write each kind into a file of its own, as JSON`;

/** UTF-8, or UTF-16 as PowerShell writes it, with or without a byte order mark. */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes.length > mostBytes) return refused(tooLarge(bytes.length));
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return refused('it is compressed (gzip); unpack it first');
  const encoding = encodingOf(bytes);
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    const nul = text.indexOf('\0');
    return nul === -1
      ? { ok: true, text }
      : refused(`it is binary, not text: there is a NUL character in line ${lineAt(text, nul)}`);
  } catch {
    return refused(`it is binary, or a text that is not ${encoding.toUpperCase()}`);
  }
}

/** By the byte order mark; without one by the zeros that every second byte of a text in a Latin script is. */
function encodingOf([first, second, third, fourth]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0 && third !== 0 && fourth === 0))
    return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && third === 0 && fourth !== 0))
    return 'utf-16be';
  return 'utf-8';
}

/** The 1-based line of a character. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
