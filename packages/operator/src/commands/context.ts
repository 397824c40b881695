import { InputError, readDocuments, type ReadDocuments, type StandardInput } from '../input/read-documents.ts';
import type { LiveOptions } from '../input/read-live.ts';
import { loadSnapshot, type LoadedSnapshot, type SnapshotOptions } from '../input/load-snapshot.ts';
import { writeProblems } from '../input/write-problems.ts';
import { writeNotes, type OutputFormat, type Terminal } from '../output/terminal.ts';

/** Where a command's cluster comes from, beside files. */
export interface LiveFlags {
  /** Read the cluster itself, instead of files. */
  readonly live?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cloudRegion?: string;
  readonly cloudEndpoint?: string;
  readonly namespace?: string;
}

/** What every command on a snapshot takes. */
export interface InputOptions extends SnapshotOptions, LiveFlags {
  readonly output: OutputFormat;
}

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly standardInput: StandardInput;
  /** Run as `kubectl egressip`: without files, commands are about the cluster of the kubeconfig. */
  readonly isPlugIn?: boolean;
  /** Run by kubectl, to say what may follow `kubectl egressip`. */
  readonly completes?: boolean;
}

/** Reads the cluster in files, or itself; what cannot be read is written to standard error. */
export async function loadInput(
  context: CommandContext,
  paths: readonly string[],
  options: InputOptions,
): Promise<LoadedSnapshot> {
  const loaded = isLive(options)
    ? await loadLive(paths, options)
    : await loadSnapshot(await readFiles(context, paths), options);
  writeProblems(context.terminal, loaded.problems);
  writeNotes(context.terminal, loaded.notes);
  return loaded;
}

/** Whether the cluster itself is to be read. */
export function isLive({ live, kubeconfig }: LiveFlags): boolean {
  return live === true || kubeconfig !== undefined;
}

/** What reading a cluster takes of the flags. */
export function liveOptionsOf(flags: LiveFlags & Pick<SnapshotOptions, 'network' | 'provider'>): LiveOptions {
  const { kubeconfig, context, network, provider, namespace, cloudRegion: region, cloudEndpoint: endpoint } = flags;
  const given = {
    kubeconfig,
    context,
    network,
    provider,
    namespace,
    cloud: { ...(region === undefined ? {} : { region }), ...(endpoint === undefined ? {} : { endpoint }) },
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function readFiles(context: CommandContext, paths: readonly string[]): Promise<ReadDocuments> {
  if (paths.length === 0)
    throw new InputError(
      'no input: name files or folders, - for standard input, or --live for the cluster of the kubeconfig',
    );
  return readDocuments(paths, context.standardInput);
}

/** Reads the cluster itself, and writes nothing of it. */
export async function loadLive(paths: readonly string[], options: InputOptions): Promise<LoadedSnapshot> {
  if (paths.length > 0) throw new InputError(`${paths.join(' ')}: either files or --live, not both`);
  const { readLive } = await import('../input/read-live.ts');
  const documents = await readLive(liveOptionsOf(options));
  return loadSnapshot(documents, { time: new Date().toISOString(), ...options }, documents.decisions);
}
