/** One of several JSON texts in an input. */
export interface JsonText {
  readonly text: string;
  /** Where it begins, 1-based. */
  readonly line: number;
}

/** A key that stands twice in one object. */
export interface DuplicateKey {
  readonly key: string;
  /** Of the second one, 1-based. */
  readonly line: number;
}

/** What a look at the brackets of an input finds, without parsing it. */
export interface JsonTexts {
  readonly texts: readonly JsonText[];
  /** The line, 1-based, where something stands between two texts, or where the last one began that does not end. */
  readonly broken: { readonly line: number; readonly isCutOff: boolean } | undefined;
  readonly duplicates: readonly DuplicateKey[];
}

const quote = 0x22;
const backslash = 0x5c;
const newline = 0x0a;
const mostDuplicates = 1000;

/**
 * Splits JSON texts that stand one behind the other, as several `kubectl get -o json` print them, one on each line, or
 * as documents of YAML, in one pass. Whether each is well-formed is for its parser to say.
 */
export function splitJson(text: string): JsonTexts {
  const texts: JsonText[] = [];
  const duplicates: DuplicateKey[] = [];
  // Of each open bracket: the keys so far of an object, undefined of a list.
  const open: (Set<string> | undefined)[] = [];
  let [start, startLine, line] = [0, 1, 1];
  let isKeyNext = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === newline) line += 1;
    else if (code === quote) {
      if (open.length === 0) return { texts, broken: { line, isCutOff: false }, duplicates };
      const end = endOfString(text, at);
      if (end === -1) return { texts, broken: { line: startLine, isCutOff: true }, duplicates };
      const keys = open.at(-1);
      if (isKeyNext && keys !== undefined) {
        const key = keyOf(text, at, end);
        if (keys.has(key) && duplicates.length < mostDuplicates) duplicates.push({ key, line });
        keys.add(key);
      }
      isKeyNext = false;
      at = end;
    } else if (isOpening(code)) {
      if (open.length === 0) [start, startLine] = [at, line];
      open.push(code === 0x7b ? new Set() : undefined);
      isKeyNext = code === 0x7b;
    } else if (isClosing(code)) {
      if (open.length === 0) return { texts, broken: { line, isCutOff: false }, duplicates };
      open.pop();
      isKeyNext = false;
      if (open.length === 0) texts.push({ text: text.slice(start, at + 1), line: startLine });
    } else if (code === 0x2c) isKeyNext = true;
    else if (open.length === 0) {
      const width = widthOfSeparator(text, at);
      if (width === 0) return { texts, broken: { line, isCutOff: false }, duplicates };
      at += width - 1;
    }
  }
  return { texts, broken: open.length === 0 ? undefined : { line: startLine, isCutOff: true }, duplicates };
}

/**
 * How long what may stand between two texts is, 0 for anything else. JSON is YAML, whose documents have `---` there.
 */
function widthOfSeparator(text: string, at: number): number {
  if (isSpace(text.charCodeAt(at))) return 1;
  return text.startsWith('---', at) && /^\s?$/.test(text.slice(at + 3, at + 4)) ? 3 : 0;
}

/** As its parser reads it: a key with an escape in it may be another one's twin. */
function keyOf(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end);
  if (!raw.includes('\\')) return raw;
  try {
    return String(JSON.parse(text.slice(start, end + 1)));
  } catch {
    return raw;
  }
}

/** Where the text that begins with a quote ends; -1 where it does not. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at;
  }
  return -1;
}

const isOpening = (code: number): boolean => code === 0x7b || code === 0x5b;
const isClosing = (code: number): boolean => code === 0x7d || code === 0x5d;
const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0d;
