/** One of several JSON texts in a file. */
export interface JsonPart {
  readonly text: string;
  /** Where it begins, 1-based. */
  readonly line: number;
}

/**
 * Splits JSON texts that stand one behind the other, as several `kubectl get -o json` print them, or one
 * on each line. Whether each is well-formed is for its parser to say; undefined where anything stands between them.
 */
export function splitJson(text: string): readonly JsonPart[] | undefined {
  const parts: JsonPart[] = [];
  let depth = 0;
  let start = 0;
  let line = 1;
  let startLine = 1;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]|\n|[^\s]/gs)) {
    if (token === '\n') {
      line += 1;
      continue;
    }
    const opens = token === '{' || token === '[';
    if (depth === 0) {
      if (!opens) return undefined;
      start = index;
      startLine = line;
    }
    if (opens) depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    if (depth === 0) parts.push({ text: text.slice(start, index + 1), line: startLine });
  }
  return depth === 0 ? parts : undefined;
}
