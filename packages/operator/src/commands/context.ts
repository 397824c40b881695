import { loadSnapshot, type LoadedSnapshot, type SnapshotOptions } from '../input/load-snapshot.ts';
import { readDocuments } from '../input/read-documents.ts';
import { writeProblems, type OutputFormat, type Terminal } from '../output/terminal.ts';

/** What every command on files takes. */
export interface OfflineOptions extends SnapshotOptions {
  readonly output: OutputFormat;
}

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly standardInput: () => Promise<string>;
}

/** Reads the cluster in files; what cannot be read is written to standard error. */
export async function loadInput(context: CommandContext, paths: readonly string[], options: OfflineOptions): Promise<LoadedSnapshot> {
  const loaded = loadSnapshot(await readDocuments(paths, context.standardInput), options);
  writeProblems(context.terminal, loaded.problems);
  return loaded;
}
