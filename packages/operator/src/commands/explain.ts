import { explain, isExplainedWell, parseAddress, plan, type Subject } from '@egressip-ipam/core';
import { InputError } from '../input/read-documents.ts';
import { describeStep, renderFindings } from '../output/render-plan.ts';
import { printable } from '../output/printable.ts';
import { writeData } from '../output/terminal.ts';
import { loadInput, type CommandContext, type InputOptions } from './context.ts';
import { exitCode, type ExitCode } from './exit-code.ts';

/** `explain`: what a namespace, an address, a node or an EgressIPAM has, why, and what it waits for. */
export async function explainCommand(
  context: CommandContext,
  subjectText: string,
  paths: readonly string[],
  options: InputOptions,
): Promise<ExitCode> {
  const subject = parseSubject(subjectText);
  const { snapshot, backend, problems } = await loadInput(context, paths, options);
  const planned = plan(snapshot, backend);
  const explanation = explain(snapshot, planned, subject, backend);
  if (options.output === 'table') {
    const steps = planned.steps
      .filter(({ id }) => explanation.steps.includes(id))
      .map((step) => describeStep(step, { snapshot, backend }));
    const sections = [
      explanation.statements.map(printable).join('\n'),
      renderFindings(explanation.findings, context.terminal),
      steps.length === 0
        ? undefined
        : ['What the operator would do:', ...steps.map((step) => `- ${printable(step)}`)].join('\n'),
    ];
    context.terminal.out(`${sections.filter((section) => section !== undefined).join('\n\n')}\n`);
  } else writeData(context.terminal, options.output, { formatVersion: 1, ...explanation, inputProblems: problems });
  return isExplainedWell(planned, explanation) && problems.length === 0 ? exitCode.nothingToDo : exitCode.found;
}

/**
 * Reads what is to be explained: `KIND/NAME`, or an address.
 *
 * @throws InputError for anything else.
 */
function parseSubject(text: string): Subject {
  if (parseAddress(text) !== undefined) return { kind: 'address', name: text };
  const [kind = '', name = ''] = text.split('/', 2);
  const kinds: Readonly<Record<string, Subject['kind']>> = {
    namespace: 'namespace',
    ns: 'namespace',
    node: 'node',
    egressipam: 'egressipam',
    address: 'address',
    ip: 'address',
  };
  const known = kinds[kind.toLowerCase()];
  if (known === undefined || name === '')
    throw new InputError(`"${text}" is not understood: give namespace/NAME, node/NAME, egressipam/NAME or an address`);
  return { kind: known, name };
}
