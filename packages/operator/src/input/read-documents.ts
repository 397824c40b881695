import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { LineCounter, isMap, isSeq, parseAllDocuments, type Node } from 'yaml';

/** A Kubernetes object, or another document, and where it stands. */
export interface SourceObject {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly object: unknown;
}

/** Something in the input that cannot be used. The rest goes on. */
export interface InputProblem {
  readonly file: string;
  readonly line: number;
  /** `KIND/NAME` where it is known. */
  readonly object?: string;
  readonly field?: string;
  readonly message: string;
}

/** What was found in files. */
export interface ReadDocuments {
  readonly objects: readonly SourceObject[];
  readonly problems: readonly InputProblem[];
}

/** An input that cannot be read at all: the command could not run. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/**
 * Reads files, folders (their .yaml, .yml and .json files, in order of names) and
 * standard input (`-`): single objects, multi-documents and Lists, YAML or JSON.
 *
 * @throws InputError when a path does not exist or cannot be read.
 */
export async function readDocuments(paths: readonly string[], standardInput: () => Promise<string>): Promise<ReadDocuments> {
  const objects: SourceObject[] = [];
  const problems: InputProblem[] = [];
  for (const path of paths) {
    for (const file of path === '-' ? ['-'] : await filesOf(path)) {
      const text = file === '-' ? await standardInput() : await readText(file);
      readOne(text, file === '-' ? 'standard input' : file, objects, problems);
    }
  }
  return { objects, problems };
}

async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new InputError(`${path}: there is no such file or folder`);
  if (!found.isDirectory()) return [path];
  const names = await readdir(path);
  return names.filter((name) => ['.yaml', '.yml', '.json'].includes(extname(name))).sort().map((name) => join(path, name));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new InputError(`${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function readOne(text: string, file: string, objects: SourceObject[], problems: InputProblem[]): void {
  const json = parseJson(text);
  if (json !== undefined) {
    for (const object of unwrapList(json.value)) objects.push({ file, line: 1, object });
    return;
  }
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number): number => lines.linePos(offset).line;
  for (const document of 'empty' in documents ? [] : documents) {
    const [error] = document.errors;
    if (error !== undefined) {
      problems.push({ file, line: lineOf(error.pos[0]), message: error.message });
      continue;
    }
    if (document.contents === null) continue;
    for (const { node, value } of itemsOf(document.contents, document.toJS({ maxAliasCount: 100 }))) {
      objects.push({ file, line: lineOf(node.range?.[0] ?? 0), object: value });
    }
  }
}

/** Large inputs are JSON, which needs no line numbers: what is wrong in it is said by object. */
function parseJson(text: string): { readonly value: unknown } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function unwrapList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isList(value) ? value.items : [value];
}

function isList(value: unknown): value is { readonly kind: string; readonly items: readonly unknown[] } {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string' && value.kind.endsWith('List') && 'items' in value && Array.isArray(value.items);
}

function itemsOf(contents: Node, value: unknown): readonly { readonly node: Node; readonly value: unknown }[] {
  if (!isList(value) || !isMap(contents)) return [{ node: contents, value }];
  const items = contents.get('items');
  if (!isSeq(items)) return [{ node: contents, value }];
  return items.items.map((node, index) => ({ node: node as Node, value: value.items[index] }));
}
