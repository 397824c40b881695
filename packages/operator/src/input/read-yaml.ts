import { getHeapStatistics } from 'node:v8';
import {
  CST,
  isScalar,
  Lexer,
  LineCounter,
  Parser,
  visit,
  type Composer,
  type Document,
  type YAMLMap,
  type YAMLParseError,
  type YAMLWarning,
} from 'yaml';
import { composeFew, mostErrors } from './compose-few.ts';
import { lineAt as lineOfIndex } from './decode-text.ts';
import { tooDeep, type InputProblem } from './input-problem.ts';
import { isBrokenList, itemsOf } from './list-items.ts';
import { locate } from './locate.ts';
import { itemNodesOf, type ReadText, type SourceObject } from './source-object.ts';
import { reasonOf } from '../output/reason-of.ts';

/** More than Kubernetes' objects ever need; the parser's work grows without an end otherwise. */
const deepest = 64;
const mostAnchors = 100;
/** Outside of brackets a line of YAML has a few indicators and two texts. */
const mostInLine = 1_000;
/** What the parser takes for a sign or text, measured; without more memory the process ends in the middle of a word. */
const bytesOfToken = 240;
const smaller = 'write each kind into a file of its own, or as JSON, which needs a tenth of it';
/** What stands for another list or map inside, on the same line. */
const nestings: ReadonlySet<string> = new Set(['-', '?', ':']);

/** What yaml's lexer says beside the text: see its CST.DOCUMENT, FLOW_END and SCALAR. */
const scalarMark = CST.SCALAR;
const marks: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

/**
 * Reads YAML documents. One that is broken is said, and the others count.
 *
 * @param memory as many bytes as this process may have; absent, what its heap may grow to
 */
export function readYaml(text: string, file: string, memory?: number): ReadText {
  const objects: SourceObject[] = [];
  const problems: InputProblem[] = [];
  const refusal = refuse(text, memory);
  if (refusal !== undefined) return { objects, problems: [{ file, ...refusal }], isAny: true, isCutOff: false };
  let isAny = false;
  const lines = new LineCounter();
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  let cutAt: number | undefined;
  const tokens = tokensOf(text, lines, (offset) => (cutAt = offset));
  const composer = composeFew();
  for (const document of composer.compose(tokens)) {
    const [error] = document.errors;
    const read = error === undefined ? toObject(document) : { ok: false as const, message: messageOf(error) };
    isAny ||= !read.ok || (document.contents !== null && read.value !== null);
    if (!read.ok) {
      problems.push({ file, line: lineAt(error?.pos[0] ?? document.range[0]), message: read.message });
      continue;
    }
    // Nothing between two separators is no document.
    if (document.contents === null || read.value === null) continue;
    if (typeof read.value !== 'object') {
      problems.push({
        file,
        line: lineAt(document.contents.range?.[0] ?? 0),
        message: 'a Kubernetes object with a kind is expected, not a text',
      });
      continue;
    }
    // One by one: there may be more than a call has room for.
    for (const { key, offset } of duplicatesIn(document)) {
      const message = `the key "${key}" stands twice in one map; the last one counts`;
      problems.push({ file, line: lineAt(offset), message });
    }
    const values = itemsOf(read.value);
    if (isBrokenList(read.value))
      problems.push({
        file,
        line: lineAt(document.contents.range?.[0] ?? 0),
        object: read.value.kind,
        field: 'items',
        message: 'a list is expected',
      });
    itemNodesOf(document.contents).forEach((node, index) => {
      const lineOf = (field: string): number => lineAt(locate(node, field).range?.[0] ?? 0);
      objects.push({ file, line: lineOf(''), object: values[index], lineOf });
    });
  }
  for (const { offset, message } of lastProblems(composer, cutAt))
    problems.push({ file, line: lineAt(offset), message });
  return { objects, problems, isAny, isCutOff: false };
}

/** What is wrong behind the last document: directives that none follows, and that there is more. */
function lastProblems(
  composer: Composer,
  cutAt: number | undefined,
): readonly { readonly offset: number; readonly message: string }[] {
  const { errors, warnings } = composer.streamInfo();
  const astray = [...errors, ...warnings].slice(0, 1);
  return [
    ...astray.map((error) => ({ offset: error.pos[0], message: messageOf(error) })),
    ...(cutAt === undefined
      ? []
      : [{ offset: cutAt, message: `there are ${mostErrors} errors up to this line; what follows is not read` }]),
  ];
}

/** What the parser makes of a text, as far as that has not too many errors: the document that has them is broken. */
function* tokensOf(text: string, lines: LineCounter, onCut: (offset: number) => void): Generator<CST.Token, void> {
  let errors = 0;
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    yield token;
    if (token.type === 'error') errors += 1;
    if (errors === mostErrors) return onCut(token.offset);
  }
}

/** What the parser would need too long for, found by the tokens alone. */
function refuse(
  text: string,
  memory = getHeapStatistics().heap_size_limit,
): { readonly line: number; readonly message: string } | undefined {
  let [index, depth, anchors, inLine, tokens] = [0, 0, 0, 0, 0];
  let isScalarNext = false;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens * bytesOfToken > memory)
      return { line: lineOfIndex(text, index), message: `the memory of this process ends here: ${smaller}` };
    if (isScalarNext) isScalarNext = false;
    else if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    else if (token[0] === '&' || token[0] === '*') anchors += 1;
    if (depth > 0 || token.endsWith('\n')) inLine = 0;
    else if (token.trim() !== '') inLine += 1;
    if (inLine > mostInLine)
      return {
        line: lineOfIndex(text, index),
        message: nestings.has(token) ? tooDeep : `a line has more than ${mostInLine} signs outside of brackets`,
      };
    if (depth > deepest)
      return { line: lineOfIndex(text, index), message: `brackets are nested more than ${deepest} deep` };
    if (anchors > mostAnchors)
      return {
        line: lineOfIndex(text, index),
        message: `more than ${mostAnchors} anchors and aliases (& and *) are not read`,
      };
    // The lexer puts control characters before documents and scalars, and where flows end badly: they are not in the
    // text.
    if (token === scalarMark) isScalarNext = true;
    else if (!marks.has(token)) index += token.length;
  }
  return undefined;
}

// Aliases that multiply without end are refused by an exception.
function toObject(
  document: Document,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string } {
  try {
    const value: unknown = document.toJS({ maxAliasCount: mostAnchors });
    // An alias inside of what it names is refused by an exception, too.
    if (hasAlias(document)) JSON.stringify(value);
    return { ok: true, value };
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, message: tooDeep };
    if (error instanceof TypeError) return { ok: false, message: 'an alias (*) stands inside of what it names' };
    return { ok: false, message: reasonOf(error) };
  }
}

function messageOf({ code, message }: YAMLParseError | YAMLWarning): string {
  return code === 'RESOURCE_EXHAUSTION' ? tooDeep : message;
}

function hasAlias(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias() {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** Keys that stand twice in one map. The parser's own search compares each with all others. */
function duplicatesIn(document: Document): readonly { readonly key: string; readonly offset: number }[] {
  const found: { key: string; offset: number }[] = [];
  visit(document, {
    Map(_key, map: YAMLMap) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found.push({ key: String(key.value), offset: key.range?.[0] ?? 0 });
        seen.add(key.value);
      }
    },
  });
  return found;
}
