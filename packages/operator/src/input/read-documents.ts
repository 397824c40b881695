import { readFile } from 'node:fs/promises';
import { addAll } from './add-all.ts';
import { decodeText, mostBytes, tooLarge } from './decode-text.ts';
import { findFiles, type FoundFile } from './find-files.ts';
import { tooDeep, unreadable, type InputProblem } from './input-problem.ts';
import { looksLikeJson, readJson } from './read-json.ts';
import { readYaml } from './read-yaml.ts';
import type { ReadDocuments, ReadText, SourceObject } from './source-object.ts';
import { reasonOf } from '../output/reason-of.ts';

export { InputError, unreadable, type InputProblem } from './input-problem.ts';
export type { ReadDocuments, SourceObject } from './source-object.ts';

/** Reads all of standard input. */
export type StandardInput = () => Promise<string | Uint8Array>;

const nothing = 'there is nothing in it; did the command that should write it fail?';

/**
 * Reads files, folders (their .yaml, .yml and .json files, in order of names, with all folders below) and standard
 * input (`-`): single objects, multi-documents and Lists, YAML or JSON, UTF-8 or UTF-16.
 *
 * @throws InputError when a path does not exist or cannot be read, when nothing in it can be used, and when it is cut
 *   off
 */
export async function readDocuments(paths: readonly string[], standardInput: StandardInput): Promise<ReadDocuments> {
  const all: ReadDocuments[] = [];
  for (const path of paths)
    all.push(path === '-' ? ofUse(readText(await standardInput(), 'standard input')) : await readPath(path));
  return { objects: all.flatMap(({ objects }) => objects), problems: all.flatMap(({ problems }) => problems) };
}

async function readPath(path: string): Promise<ReadDocuments> {
  const { files, problems } = await findFiles(path);
  const [first] = files;
  if (files.length === 1 && first?.path === path) return ofUse(await readFound(first));
  const objects: SourceObject[] = [];
  const found: InputProblem[] = [...problems];
  for (const file of files) {
    const read = await readFound(file);
    addAll(objects, read.objects);
    addAll(found, read.problems);
  }
  if (objects.length === 0 && found.length > 0) throw unreadable(found);
  return { objects, problems: found };
}

/** An input that somebody named: where it is of no use, the command cannot run. */
function ofUse(read: ReadText): ReadDocuments {
  if (read.isCutOff || (read.objects.length === 0 && read.problems.length > 0)) throw unreadable(read.problems);
  return read;
}

async function readFound({ path, size }: FoundFile): Promise<ReadText> {
  if (size > mostBytes) return failed(path, tooLarge(size));
  try {
    return readText(await readFile(path), path);
  } catch (error) {
    return failed(path, `it cannot be read: ${reasonOf(error)}`);
  }
}

function readText(input: string | Uint8Array, file: string): ReadText {
  const decoded = typeof input === 'string' ? ({ ok: true, text: input } as const) : decodeText(input);
  if (!decoded.ok) return failed(file, decoded.message);
  try {
    const read = looksLikeJson(decoded.text) ? readJson(decoded.text, file) : readYaml(decoded.text, file);
    return read.isAny ? read : failed(file, nothing);
  } catch (error) {
    // What ends the stack is nesting alone: nothing here hands lists over as arguments.
    if (error instanceof RangeError) return failed(file, tooDeep);
    throw error;
  }
}

function failed(file: string, message: string): ReadText {
  return { objects: [], problems: [{ file, line: 1, message }], isAny: true, isCutOff: false };
}
