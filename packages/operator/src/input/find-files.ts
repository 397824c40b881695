import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addAll } from './add-all.ts';
import { InputError, type InputProblem } from './input-problem.ts';
import { reasonOf } from '../output/reason-of.ts';

/** A file to read, and how many bytes it says it has. */
export interface FoundFile {
  readonly path: string;
  readonly size: number;
}

/** The files behind a path, and what there is passed over. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  readonly problems: readonly InputProblem[];
}

const named = /\.(?:yaml|yml|json)$/i;
/** What is named so holds objects, too, and has to be unpacked before anybody can read them. */
const packed = /\.(?:yaml|yml|json)\.(?:gz|bz2|xz|zst|zip)$/i;

/**
 * The file itself; of a folder, the .yaml, .yml and .json files in it and in the folders below, in order of their
 * names. What cannot be read there is named, and the rest goes on.
 *
 * @throws InputError when there is no such path, and for a folder without such files
 */
export async function findFiles(path: string): Promise<FoundFiles> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new InputError(`${path}: there is no such file or folder`);
  if (found.isFile()) return { files: [{ path, size: found.size }], problems: [] };
  if (!found.isDirectory()) {
    // What the shell puts in the place of <(command) ends; a pipe or a device somewhere else may never.
    if (found.isFIFO() && /^\/(dev|proc\/self)\/fd\//.test(path)) return { files: [{ path, size: 0 }], problems: [] };
    throw new InputError(`${path}: it is ${describe(found)}, not a file; use - to read standard input`);
  }
  const folder = await findInFolder(path);
  if (folder.files.length === 0)
    throw new InputError(
      [
        `${path}: there are no .yaml, .yml or .json files in this folder that can be read`,
        ...folder.problems.map(({ file, message }) => `${file}: ${message}`),
      ].join('; '),
    );
  return folder;
}

async function findInFolder(folder: string): Promise<FoundFiles> {
  const files: FoundFile[] = [];
  const problems: InputProblem[] = [];
  const entries = await entriesOf(folder);
  if (typeof entries === 'string') return { files, problems: [{ file: folder, line: 1, message: entries }] };
  for (const entry of entries) {
    const path = join(folder, entry.name);
    // Links to folders are not followed: they may lead round in a circle.
    if (entry.isDirectory()) {
      const below = await findInFolder(path);
      addAll(files, below.files);
      addAll(problems, below.problems);
    } else if (packed.test(entry.name)) {
      problems.push({ file: path, line: 1, message: 'passed over: it is compressed; unpack it first' });
    } else if (named.test(entry.name)) {
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile() === true) files.push({ path, size: found.size });
      else
        problems.push({
          file: path,
          line: 1,
          message: `passed over: it is ${found === undefined ? 'a link to nothing' : describe(found)}`,
        });
    }
  }
  return { files, problems };
}

/** What is in a folder, or why that cannot be told. */
async function entriesOf(folder: string): Promise<readonly Dirent[] | string> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    return `it cannot be read: ${reasonOf(error)}`;
  }
}

interface FileType {
  isFIFO(): boolean;
  isSocket(): boolean;
  isDirectory(): boolean;
}

function describe(type: FileType): string {
  if (type.isFIFO()) return 'a named pipe (FIFO)';
  if (type.isSocket()) return 'a socket';
  return type.isDirectory() ? 'a folder' : 'a device';
}
