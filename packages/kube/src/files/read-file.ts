import { readFile as readFileThen } from 'node:fs';
import { promisify } from 'node:util';

/** Reads a file. `node:fs/promises` would load streams, watchers and a line editor besides: 1 MiB of an agent. */
export const readFile = promisify(readFileThen);
