import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { isMap, isSeq, LineCounter, parseAllDocuments, type Document, type Node } from 'yaml';
import { splitJson, type JsonPart } from './json-stream.ts';
import { locate } from './locate.ts';

/** A Kubernetes object, or another document, and where it stands. */
export interface SourceObject {
  readonly file: string;
  /** 1-based. Found when asked for: ask only for what is reported. */
  readonly line: number;
  readonly object: unknown;
  /** The line of a field such as `spec.cidrAssignments[0].CIDR`, or of what is nearest to it. */
  readonly lineOf: (field: string) => number;
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
 * @throws InputError when a path does not exist or cannot be read, and for a folder without such files.
 */
export async function readDocuments(paths: readonly string[], standardInput: () => Promise<string>): Promise<ReadDocuments> {
  const objects: SourceObject[] = [];
  const problems: InputProblem[] = [];
  for (const path of paths) {
    for (const file of path === '-' ? ['-'] : await filesOf(path)) {
      const text = file === '-' ? await standardInput() : await readText(file);
      const name = file === '-' ? 'standard input' : file;
      const json = parseJson(text);
      for (const { part, value } of json ?? []) readJson(part, value, name, objects, problems);
      if (json === undefined && !readYaml(text, name, objects, problems)) problems.push({ file: name, line: 1, message: 'there is nothing in it; did the command that should write it fail?' });
    }
  }
  return { objects, problems };
}

async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new InputError(`${path}: there is no such file or folder`);
  if (!found.isDirectory()) return [path];
  const names = await readdir(path);
  const files = names.filter((name) => ['.yaml', '.yml', '.json'].includes(extname(name))).sort();
  if (files.length === 0) throw new InputError(`${path}: there are no .yaml, .yml or .json files in this folder`);
  return files.map((name) => join(path, name));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new InputError(`${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

interface ParsedPart {
  readonly part: JsonPart;
  readonly value: unknown;
}

/** One JSON text or several, one behind the other; undefined where it is something else. */
function parseJson(text: string): readonly ParsedPart[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const whole = { text, line: 1 };
  try {
    return [{ part: whole, value: JSON.parse(text) }];
  } catch {
    try {
      return splitJson(text)?.map((part) => ({ part, value: JSON.parse(part.text) as unknown }));
    } catch {
      return undefined;
    }
  }
}

/** Large inputs are JSON, which is parsed fast and without lines; a file with a problem is read once more for them. */
function readJson({ text, line }: JsonPart, value: unknown, file: string, objects: SourceObject[], problems: InputProblem[]): void {
  let nodes: { readonly items: readonly Node[]; readonly lineAt: (node: Node) => number } | undefined;
  const lineOf = (index: number, field: string): number => {
    nodes ??= nodesOfJson(text);
    const node = nodes.items[index];
    return line - 1 + (node === undefined ? 1 : nodes.lineAt(locate(node, field)));
  };
  if (isBrokenList(value)) problems.push({ file, line, object: value.kind, field: 'items', message: 'a list is expected' });
  itemsOf(value).forEach((object, index) => {
    objects.push({
      file,
      get line() {
        return lineOf(index, '');
      },
      object,
      lineOf: (field) => lineOf(index, field),
    });
  });
}

function nodesOfJson(text: string): { readonly items: readonly Node[]; readonly lineAt: (node: Node) => number } {
  const lines = new LineCounter();
  const [document] = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  return { items: document?.contents ? itemNodesOf(document.contents) : [], lineAt: (node) => lines.linePos(node.range?.[0] ?? 0).line };
}

/** Returns whether there was any document. */
function readYaml(text: string, file: string, objects: SourceObject[], problems: InputProblem[]): boolean {
  let isAny = false;
  const lines = new LineCounter();
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  for (const document of 'empty' in documents ? [] : documents) {
    const [error] = document.errors;
    const read = error === undefined ? toObject(document) : { ok: false as const, message: error.message };
    if (!read.ok) {
      problems.push({ file, line: lineAt(error?.pos[0] ?? document.range[0]), message: read.message });
      isAny = true;
      continue;
    }
    // Nothing between two separators is no document.
    if (document.contents === null || read.value === null) continue;
    isAny = true;
    const values = itemsOf(read.value);
    if (isBrokenList(read.value)) problems.push({ file, line: lineAt(document.contents.range?.[0] ?? 0), object: read.value.kind, field: 'items', message: 'a list is expected' });
    itemNodesOf(document.contents).forEach((node, index) => {
      const lineOf = (field: string): number => lineAt(locate(node, field).range?.[0] ?? 0);
      objects.push({ file, line: lineOf(''), object: values[index], lineOf });
    });
  }
  return isAny;
}

// Aliases that multiply without end are refused by an exception.
function toObject(document: Document): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string } {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The objects of a List, of a plain array, or the one object itself. */
function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isListLike(value)) return [value];
  if (!Array.isArray(value.items)) return [];
  const { kind, apiVersion } = value;
  // The API server's own lists, such as a NamespaceList, do not say the kind of each item.
  return kind === 'List' ? (value.items as unknown[]) : value.items.map((item: unknown) => withKind(item, kind.slice(0, -'List'.length), apiVersion));
}

function withKind(item: unknown, kind: string, apiVersion: unknown): unknown {
  return typeof item === 'object' && item !== null && !Array.isArray(item) && !('kind' in item) ? { ...item, kind, apiVersion } : item;
}

interface ListLike {
  readonly kind: string;
  readonly apiVersion?: unknown;
  readonly items?: unknown;
}

function isListLike(value: unknown): value is ListLike {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string' && value.kind.endsWith('List');
}

function isBrokenList(value: unknown): value is ListLike {
  return isListLike(value) && !Array.isArray(value.items);
}

/** The nodes of what {@link itemsOf} gives, in the same order. */
function itemNodesOf(contents: Node): readonly Node[] {
  if (isSeq(contents)) return contents.items as Node[];
  if (!isMap(contents) || !String(contents.get('kind')).endsWith('List')) return [contents];
  const items = contents.get('items');
  return isSeq(items) ? (items.items as Node[]) : [];
}
