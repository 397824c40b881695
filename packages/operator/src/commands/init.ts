import { buildSnapshot, cidrContains, parseCidr, parseRange, plan, readEgressIPAM } from '@egressip-ipam/core';
import { loadSnapshot, type SnapshotOptions } from '../input/load-snapshot.ts';
import type { LiveDocuments } from '../input/read-live.ts';
import { InputError, readDocuments, type ReadDocuments } from '../input/read-documents.ts';
import { renderFindings } from '../output/render-plan.ts';
import { writeProblems } from '../input/write-problems.ts';
import { writeData } from '../output/terminal.ts';
import { parseAssignment } from './assignment.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { isLive, liveOptionsOf, type CommandContext, type LiveFlags } from './context.ts';
import { suggestPool } from './suggest-pool.ts';

/** Options of `init`, as texts. */
export interface InitOptions extends SnapshotOptions, LiveFlags {
  readonly name: string;
  readonly topologyLabel: string;
  readonly cidr?: readonly string[];
  readonly nodeSelector?: readonly string[];
  readonly reserve?: readonly string[];
}

/** `init`: prints an EgressIPAM, and says what a cluster in files makes of it. */
export async function initCommand(
  context: CommandContext,
  paths: readonly string[],
  options: InitOptions,
): Promise<ExitCode> {
  const live = isLive(options) ? await readCluster(options) : undefined;
  const documents = live ?? (await readDocuments(paths, context.standardInput));
  const egressIPAM = makeEgressIPAM(
    options.cidr === undefined ? { ...options, ...suggestFor(options, documents) } : options,
  );
  const { problems, snapshot, backend } = await loadSnapshot(documents, options, live?.decisions);
  writeProblems(context.terminal, problems);
  writeData(context.terminal, 'yaml', egressIPAM);
  if (documents.objects.length === 0) return exitCode.nothingToDo;
  const read = readEgressIPAM(egressIPAM);
  if (!read.ok) throw new InputError(`--name ${options.name}: ${read.problems[0]?.message ?? 'is not a name'}`);
  const others = snapshot.egressIPAMs.filter(({ name }) => name !== options.name);
  const { findings } = plan(buildSnapshot({ ...snapshot, egressIPAMs: [...others, read.value] }), backend);
  const about = findings.filter(
    ({ object, severity }) => severity !== 'info' && object.kind === 'EgressIPAM' && object.name === options.name,
  );
  if (about.length > 0) context.terminal.error(`${renderFindings(about, context.terminal)}\n`);
  return about.length === 0 && problems.length === 0 ? exitCode.nothingToDo : exitCode.found;
}

async function readCluster(options: InitOptions): Promise<LiveDocuments> {
  const { readLive } = await import('../input/read-live.ts');
  return readLive(liveOptionsOf(options), (_nodes, subnets) => subnets);
}

function suggestFor(options: InitOptions, documents: ReadDocuments): Partial<InitOptions> {
  if (!isLive(options))
    throw new InputError('name the pools by --cidr CIDR=LABELVALUE, or read them from the cloud by --live');
  const { cidr, reserve, nodeSelector } = suggestPool(documents, options.topologyLabel);
  return {
    cidr,
    reserve: [...reserve, ...(options.reserve ?? [])],
    nodeSelector: options.nodeSelector ?? nodeSelector,
  };
}

function makeEgressIPAM({ name, topologyLabel, cidr = [], nodeSelector = [], reserve = [] }: InitOptions): object {
  const pools = cidr.map((text) => {
    const assignment = parseAssignment(text);
    const parsed = parseCidr(assignment.CIDR)?.cidr;
    if (parsed === undefined)
      throw new InputError(`--cidr ${text}: ${assignment.CIDR} is not a CIDR; write it like 10.0.0.0/24=zone-a`);
    return { parsed, labelValue: assignment.labelValue, reservedIPs: [] as string[] };
  });
  for (const text of reserve) {
    const range = parseRange(text);
    const pool =
      range === undefined
        ? undefined
        : pools.find(({ parsed }) => cidrContains(parsed, range.first) || cidrContains(parsed, range.last));
    if (pool === undefined)
      throw new InputError(
        `--reserve ${text}: an address, a CIDR or a range first-last inside one of the CIDRs is expected`,
      );
    pool.reservedIPs.push(text);
  }
  return {
    apiVersion: 'redhatcop.redhat.io/v1alpha1',
    kind: 'EgressIPAM',
    metadata: { name },
    spec: {
      topologyLabel,
      ...(nodeSelector.length === 0
        ? {}
        : { nodeSelector: { matchLabels: Object.fromEntries(nodeSelector.map(parseLabel)) } }),
      cidrAssignments: pools.map(({ parsed, labelValue, reservedIPs }) => ({
        CIDR: parsed.text,
        labelValue,
        ...(reservedIPs.length === 0 ? {} : { reservedIPs }),
      })),
    },
  };
}

function parseLabel(text: string): readonly [string, string] {
  const [key = '', value = ''] = text.split('=', 2);
  if (key === '') throw new InputError(`--node-selector ${text}: LABEL=VALUE is expected`);
  return [key, value];
}
