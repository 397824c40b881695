import { isAllWell, plan } from '@egressip-ipam/core';
import { renderPlan } from '../output/render-plan.ts';
import { writeData } from '../output/terminal.ts';
import { loadInput, type CommandContext, type InputOptions } from './context.ts';
import { exitCode, type ExitCode } from './exit-code.ts';

/** `plan`: decides for a cluster in files what the operator would do. */
export async function planCommand(
  context: CommandContext,
  paths: readonly string[],
  options: InputOptions,
): Promise<ExitCode> {
  const { snapshot, backend, problems } = await loadInput(context, paths, options);
  const result = plan(snapshot, backend);
  if (options.output === 'table') context.terminal.out(renderPlan(result, { snapshot, backend }, context.terminal));
  else writeData(context.terminal, options.output, { ...result, inputProblems: problems });
  return isAllWell(result) && problems.length === 0 ? exitCode.nothingToDo : exitCode.found;
}
