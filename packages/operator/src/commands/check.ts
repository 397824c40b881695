import { check, isSound } from '@egressip-ipam/core';
import { renderFindings } from '../output/render-plan.ts';
import { table } from '../output/table.ts';
import { writeData } from '../output/terminal.ts';
import { loadInput, type CommandContext, type InputOptions } from './context.ts';
import { exitCode, type ExitCode } from './exit-code.ts';

/** `check`: audits a cluster in files. */
export async function checkCommand(
  context: CommandContext,
  paths: readonly string[],
  options: InputOptions,
): Promise<ExitCode> {
  const { snapshot, backend, problems } = await loadInput(context, paths, options);
  const report = check(snapshot, backend);
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
    context.terminal.out(
      capacity.length === 0
        ? ''
        : `${table(['EGRESSIPAM', 'CIDR', 'NODES', 'ALLOCATED', 'CAPACITY', 'WITHOUT ONE', 'SURVIVES LOSS'], capacity, context.terminal)}\n\n`,
    );
    const nothing = problems.length === 0 ? 'No problems found.' : 'Nothing is wrong with what could be read.';
    context.terminal.out(`${renderFindings(report.problems, context.terminal) ?? nothing}\n`);
  } else writeData(context.terminal, options.output, { formatVersion: 1, ...report, inputProblems: problems });
  return isSound(report) && problems.length === 0 ? exitCode.nothingToDo : exitCode.found;
}
