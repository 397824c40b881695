import { check, explain, parseAddress, plan, simulate, type Scenario, type Subject } from '@egressip-ipam/core';
import { InputError, readDocuments } from '../input/read-documents.ts';
import { loadSnapshot, type LoadedSnapshot, type SnapshotOptions } from '../input/load-snapshot.ts';
import { describeStep, renderFindings, renderPlan } from '../output/render-plan.ts';
import { table } from '../output/table.ts';
import { writeData, writeProblems, type OutputFormat, type Terminal } from '../output/terminal.ts';
import { parseAssignment } from './assignment.ts';
import { exitCode, type ExitCode } from './exit-code.ts';

/** What every command on files takes. */
export interface OfflineOptions extends SnapshotOptions {
  readonly output: OutputFormat;
}

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly standardInput: () => Promise<string>;
}

async function load(context: CommandContext, paths: readonly string[], options: OfflineOptions): Promise<LoadedSnapshot> {
  const loaded = loadSnapshot(await readDocuments(paths, context.standardInput), options);
  writeProblems(context.terminal, loaded.problems);
  return loaded;
}

/** `plan`: decides for a cluster in files what the operator would do. */
export async function planCommand(context: CommandContext, paths: readonly string[], options: OfflineOptions): Promise<ExitCode> {
  const { snapshot, problems } = await load(context, paths, options);
  const result = plan(snapshot);
  if (options.output === 'table') context.terminal.out(renderPlan(result, context.terminal));
  else writeData(context.terminal, options.output, { ...result, inputProblems: problems });
  const quiet = result.steps.length === 0 && problems.length === 0 && result.findings.every(({ severity }) => severity === 'info');
  return quiet ? exitCode.nothingToDo : exitCode.found;
}

/** `explain`: what a namespace, an address, a node or an EgressIPAM has, why, and what it waits for. */
export async function explainCommand(context: CommandContext, subjectText: string, paths: readonly string[], options: OfflineOptions): Promise<ExitCode> {
  const subject = parseSubject(subjectText);
  const { snapshot, problems } = await load(context, paths, options);
  const planned = plan(snapshot);
  const explanation = explain(snapshot, planned, subject);
  if (options.output === 'table') {
    const steps = planned.steps.filter(({ id }) => explanation.steps.includes(id)).map(describeStep);
    const sections = [
      explanation.statements.join('\n'),
      renderFindings(explanation.findings, context.terminal),
      steps.length === 0 ? undefined : ['What the operator would do:', ...steps.map((step) => `- ${step}`)].join('\n'),
    ];
    context.terminal.out(`${sections.filter((section) => section !== undefined).join('\n\n')}\n`);
  } else writeData(context.terminal, options.output, { formatVersion: 1, ...explanation, inputProblems: problems });
  return explanation.found ? exitCode.nothingToDo : exitCode.found;
}

/**
 * Reads what is to be explained: `KIND/NAME`, or an address.
 *
 * @throws InputError for anything else.
 */
function parseSubject(text: string): Subject {
  if (parseAddress(text) !== undefined) return { kind: 'address', name: text };
  const [kind = '', name = ''] = text.split('/', 2);
  const kinds: Readonly<Record<string, Subject['kind']>> = { namespace: 'namespace', ns: 'namespace', node: 'node', egressipam: 'egressipam', address: 'address', ip: 'address' };
  const known = kinds[kind.toLowerCase()];
  if (known === undefined || name === '') throw new InputError(`"${text}" is not understood: give namespace/NAME, node/NAME, egressipam/NAME or an address`);
  return { kind: known, name };
}

/** `check`: audits a cluster in files. */
export async function checkCommand(context: CommandContext, paths: readonly string[], options: OfflineOptions): Promise<ExitCode> {
  const { snapshot, problems } = await load(context, paths, options);
  const report = check(snapshot);
  if (options.output === 'table') {
    const capacity = report.capacity.map((entry) => [
      entry.egressIPAM,
      entry.cidr,
      String(entry.nodes),
      String(entry.allocated),
      entry.capacity === undefined ? 'no limit' : String(entry.capacity),
      entry.capacityWithoutOne === undefined ? 'no limit' : String(entry.capacityWithoutOne),
      entry.survivesNodeLoss ? 'yes' : 'no',
    ]);
    context.terminal.out(capacity.length === 0 ? '' : `${table(['EGRESSIPAM', 'CIDR', 'NODES', 'ALLOCATED', 'CAPACITY', 'WITHOUT ONE', 'SURVIVES LOSS'], capacity, context.terminal)}\n\n`);
    context.terminal.out(`${renderFindings(report.problems, context.terminal) ?? 'No problems found.'}\n`);
  } else writeData(context.terminal, options.output, { formatVersion: 1, ...report, inputProblems: problems });
  return report.problems.length === 0 && problems.length === 0 ? exitCode.nothingToDo : exitCode.found;
}

/** Options of `simulate`, as texts. */
export interface SimulateOptions extends OfflineOptions {
  readonly withoutNode?: readonly string[];
  readonly addNamespaces?: number;
  readonly egressipam?: string;
  readonly cidr?: readonly string[];
}

/** `simulate`: who moves and who waits when something happens. */
export async function simulateCommand(context: CommandContext, paths: readonly string[], options: SimulateOptions): Promise<ExitCode> {
  const { snapshot, problems } = await load(context, paths, options);
  const names = snapshot.egressIPAMs.map(({ name }) => name);
  const result = simulate(snapshot, scenarioOf(options, names, snapshot.nodes.map(({ name }) => name)));
  const { moves, newlyWaiting, newlyServed, plan: after } = result;
  if (options.output === 'table') {
    const { terminal } = context;
    const sections = [
      moves.length === 0 ? 'No address moves.' : table(['MOVES', 'NAMESPACE', 'FROM', 'TO'], moves.map(({ address, namespace, from, to }) => [address, namespace, from ?? '-', to ?? 'no node can carry it']), terminal),
      newlyWaiting.length === 0 ? 'No further namespace waits.' : table(['WAITS', 'EGRESSIPAM', 'WHY'], newlyWaiting.map(({ namespace, egressIPAM, reason }) => [namespace, egressIPAM, reason.message]), terminal),
      ...(newlyServed.length === 0 ? [] : [`Served in addition: ${newlyServed.length} namespaces (${newlyServed.slice(0, 5).join(', ')}${newlyServed.length > 5 ? ', …' : ''}).`]),
    ];
    terminal.out(`${sections.join('\n\n')}\n`);
  } else writeData(context.terminal, options.output, { formatVersion: 1, moves, newlyWaiting, newlyServed, egressIPAMs: after.egressIPAMs, inputProblems: problems });
  return moves.length === 0 && newlyWaiting.length === 0 && problems.length === 0 ? exitCode.nothingToDo : exitCode.found;
}

function scenarioOf(options: SimulateOptions, egressIPAMs: readonly string[], nodes: readonly string[]): Scenario {
  const { withoutNode = [], addNamespaces, cidr = [] } = options;
  for (const name of withoutNode) if (!nodes.includes(name)) throw new InputError(`--without-node ${name}: there is no such node in the input`);
  const egressIPAM = options.egressipam ?? (egressIPAMs.length === 1 ? egressIPAMs[0] : undefined);
  const needsPool = addNamespaces !== undefined || cidr.length > 0;
  if (needsPool && (egressIPAM === undefined || !egressIPAMs.includes(egressIPAM))) {
    throw new InputError(`say which EgressIPAM with --egressipam; the input has ${egressIPAMs.length === 0 ? 'none' : egressIPAMs.join(', ')}`);
  }
  return {
    withoutNodes: withoutNode,
    ...(addNamespaces === undefined || egressIPAM === undefined ? {} : { addNamespaces: { egressIPAM, count: addNamespaces } }),
    ...(cidr.length === 0 || egressIPAM === undefined ? {} : { cidrs: { egressIPAM, assignments: cidr.map(parseAssignment) } }),
  };
}
