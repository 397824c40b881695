import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.ts';

/** The changesets that are in no changelog yet, by the names of their files. */
export function waitingChanges(folder = join(root, '.changeset')): readonly string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
}

/** Why a tag cannot be released while changes wait, if so: its notes would not have them. */
export function whyChangesWait(waiting: readonly string[]): readonly string[] {
  if (waiting.length === 0) return [];
  return [`changesets wait in .changeset (${waiting.length}): pnpm set-version writes them into the changelogs`];
}
