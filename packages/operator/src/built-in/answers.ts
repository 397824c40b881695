import { isRecord } from '@egressip-ipam/core/plugin';

/** What an answer of a plug-in's is read with where it comes in: a plug-in is anybody's code. */

const longestText = 500;

/**
 * An answer, or a part of it, that has not the shape that the contract gives it. The message is the end of a sentence.
 */
export class WrongShape extends Error {
  override readonly name = 'WrongShape';
}

/** A text of a plug-in, fit for a log and a status: of bounded length, in one line. */
export function inOneLine(text: string): string {
  return text
    .slice(0, longestText)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

/** @throws WrongShape when a value is no object, such as a list */
export function asObject(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new WrongShape(`${where}: an object is expected, not ${inWords(value)}`);
  return value;
}

/**
 * A list, as it is.
 *
 * @param most a list may claim to have four thousand million entries, and have none
 * @throws WrongShape when a value is no list, or too long
 */
export function asList(value: unknown, where: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new WrongShape(`${where}: a list is expected, not ${inWords(value)}`);
  if (value.length > most) throw new WrongShape(`${where}: ${value.length} entries are more than ${most}`);
  return value;
}

/** What a value is, for people. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(inOneLine(value.slice(0, 80)));
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value).slice(0, 80);
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : typeof value;
}
