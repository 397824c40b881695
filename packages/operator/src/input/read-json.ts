import { LineCounter, parseAllDocuments, type Node } from 'yaml';
import { addAll } from './add-all.ts';
import { lineAt } from './decode-text.ts';
import type { InputProblem } from './input-problem.ts';
import { splitJson, type DuplicateKey, type JsonText } from './json-texts.ts';
import { isBrokenList, itemsOf } from './list-items.ts';
import { locate } from './locate.ts';
import { itemNodesOf, type ReadText, type SourceObject } from './source-object.ts';
import { reasonOf } from '../output/reason-of.ts';

/** Larger texts are not read once more: the object is named all the same. */
const mostForLines = 2 ** 20;

/**
 * Whether a text can only be meant as JSON: YAML's own braces seldom hold quoted keys, and large texts are never
 * written so.
 */
export function looksLikeJson(text: string): boolean {
  return /^\s*(\{\s*["}]|\[\s*[[\]{"\d])/.test(text) || (/^\s*[[{]/.test(text) && text.length > 65_536);
}

/** Reads one JSON text, or several one behind the other. What is broken is said, and the others count. */
export function readJson(text: string, file: string): ReadText {
  const objects: SourceObject[] = [];
  const { texts, broken, duplicates } = splitJson(text);
  const problems: InputProblem[] = duplicates.map(({ key, line }: DuplicateKey) => ({
    file,
    line,
    message: `the key "${key}" stands twice in one object; the last one counts`,
  }));
  for (const part of texts) {
    const parsed = parse(part);
    if (parsed.ok) addAll(objects, readPart(part, parsed.value, file, problems));
    else problems.push({ file, line: parsed.line, message: `this is no JSON: ${parsed.message}` });
  }
  if (broken !== undefined)
    problems.push({
      file,
      line: broken.line,
      message: broken.isCutOff
        ? 'the JSON ends in the middle; was it cut off?'
        : 'this is no JSON: an object or a list is expected here',
    });
  return { objects, problems, isAny: texts.length > 0 || broken !== undefined, isCutOff: broken?.isCutOff === true };
}

function parse({
  text,
  line,
}: JsonText):
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly line: number; readonly message: string } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    const message = reasonOf(error);
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
    return {
      ok: false,
      line: line - 1 + lineAt(text, position),
      message: message.replace(/ in JSON at position.*| at position \d+.*/s, ''),
    };
  }
}

/**
 * JSON is parsed fast and without lines; a text with a problem is read once more for them, unless that takes too long.
 */
function readPart(
  { text, line }: JsonText,
  value: unknown,
  file: string,
  problems: InputProblem[],
): readonly SourceObject[] {
  let nodes: { readonly items: readonly Node[]; readonly lineAt: (node: Node) => number } | undefined;
  const lineOf = (index: number, field: string): number => {
    if (text.length > mostForLines) return line;
    nodes ??= nodesOf(text);
    const node = nodes.items[index];
    return line - 1 + (node === undefined ? 1 : nodes.lineAt(locate(node, field)));
  };
  if (isBrokenList(value))
    problems.push({ file, line, object: value.kind, field: 'items', message: 'a list is expected' });
  return itemsOf(value).map((object, index) => ({
    file,
    get line() {
      return lineOf(index, '');
    },
    object,
    lineOf: (field) => lineOf(index, field),
  }));
}

function nodesOf(text: string): { readonly items: readonly Node[]; readonly lineAt: (node: Node) => number } {
  const lines = new LineCounter();
  const [document] = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  return {
    items: document?.contents ? itemNodesOf(document.contents) : [],
    lineAt: (node) => lines.linePos(node.range?.[0] ?? 0).line,
  };
}
