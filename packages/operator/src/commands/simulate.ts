import { simulate, type Scenario } from '@egressip-ipam/core/simulate';
import { InputError } from '../input/read-documents.ts';
import { printable } from '../output/printable.ts';
import { renderFindings } from '../output/render-plan.ts';
import { table } from '../output/table.ts';
import { writeData } from '../output/terminal.ts';
import { parseAssignment } from './assignment.ts';
import { loadInput, type CommandContext, type InputOptions } from './context.ts';
import { exitCode, type ExitCode } from './exit-code.ts';

/** Options of `simulate`, as texts. */
export interface SimulateOptions extends InputOptions {
  readonly withoutNode?: readonly string[];
  readonly addNamespaces?: number;
  readonly egressipam?: string;
  readonly cidr?: readonly string[];
}

/** `simulate`: who moves and who waits when something happens, and what there is to look after then. */
export async function simulateCommand(
  context: CommandContext,
  paths: readonly string[],
  options: SimulateOptions,
): Promise<ExitCode> {
  const { snapshot, backend, problems } = await loadInput(context, paths, options);
  const names = snapshot.egressIPAMs.map(({ name }) => name);
  const result = simulate(
    snapshot,
    scenarioOf(
      options,
      names,
      snapshot.nodes.map(({ name }) => name),
    ),
    backend,
  );
  const { moves, newlyWaiting, newlyServed, newFindings, plan: after } = result;
  if (options.output === 'table') {
    const { terminal } = context;
    const found = renderFindings(newFindings, terminal);
    const sections = [
      moves.length === 0
        ? 'No address moves.'
        : table(
            ['MOVES', 'NAMESPACE', 'FROM', 'TO'],
            moves.map(({ address, namespace, from, to }) => [
              address,
              namespace,
              from ?? '-',
              to ?? 'no node can carry it',
            ]),
            terminal,
          ),
      newlyWaiting.length === 0
        ? 'No further namespace waits.'
        : table(
            ['WAITS', 'EGRESSIPAM', 'WHY'],
            newlyWaiting.map(({ namespace, egressIPAM, reason }) => [namespace, egressIPAM, reason.message]),
            terminal,
          ),
      ...(newlyServed.length === 0
        ? []
        : [
            `Served in addition: ${newlyServed.length} namespaces (${newlyServed.slice(0, 5).map(printable).join(', ')}${newlyServed.length > 5 ? ', …' : ''}).`,
          ]),
      ...(found === undefined ? [] : [found]),
    ];
    terminal.out(`${sections.join('\n\n')}\n`);
  } else
    writeData(context.terminal, options.output, {
      formatVersion: 1,
      moves,
      newlyWaiting,
      newlyServed,
      newFindings,
      egressIPAMs: after.egressIPAMs,
      inputProblems: problems,
    });
  return [moves, newlyWaiting, newFindings, problems].every(({ length }) => length === 0)
    ? exitCode.nothingToDo
    : exitCode.found;
}

function scenarioOf(options: SimulateOptions, egressIPAMs: readonly string[], nodes: readonly string[]): Scenario {
  const { withoutNode = [], addNamespaces, cidr = [] } = options;
  for (const name of withoutNode)
    if (!nodes.includes(name)) throw new InputError(`--without-node ${name}: there is no such node in the input`);
  const egressIPAM = options.egressipam ?? (egressIPAMs.length === 1 ? egressIPAMs[0] : undefined);
  const needsPool = addNamespaces !== undefined || cidr.length > 0 || options.egressipam !== undefined;
  if (needsPool && (egressIPAM === undefined || !egressIPAMs.includes(egressIPAM))) {
    const there = egressIPAMs.length === 0 ? 'none' : egressIPAMs.join(', ');
    throw new InputError(
      egressIPAM === undefined
        ? `say which EgressIPAM with --egressipam; the input has ${there}`
        : `--egressipam ${egressIPAM}: there is no such EgressIPAM; the input has ${there}`,
    );
  }
  return {
    withoutNodes: withoutNode,
    ...(addNamespaces === undefined || egressIPAM === undefined
      ? {}
      : { addNamespaces: { egressIPAM, count: addNamespaces } }),
    ...(cidr.length === 0 || egressIPAM === undefined
      ? {}
      : { cidrs: { egressIPAM, assignments: cidr.map(parseAssignment) } }),
  };
}
