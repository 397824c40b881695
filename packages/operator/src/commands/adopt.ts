import {
  egressIPAMAnnotation,
  egressIPsAnnotation,
  planAdoption,
  type Adoption,
  type AdoptionPlan,
} from '@egressip-ipam/core';
import { InputError } from '../input/read-documents.ts';
import { renderFindings } from '../output/render-plan.ts';
import { table } from '../output/table.ts';
import { writeData } from '../output/terminal.ts';
import { isLive, loadInput, type CommandContext, type InputOptions } from './context.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { reasonOf } from '../output/reason-of.ts';

/** Options of `adopt`. */
export interface AdoptOptions extends InputOptions {
  readonly egressipam?: string;
  readonly apply?: boolean;
}

interface Failure {
  readonly namespace: string;
  readonly message: string;
}

/**
 * `adopt`: annotates namespaces with the addresses that the network gives them already; without --apply it only says
 * so.
 */
export async function adoptCommand(
  context: CommandContext,
  paths: readonly string[],
  options: AdoptOptions,
): Promise<ExitCode> {
  if (options.apply === true && !isLive(options))
    throw new InputError('--apply writes into a cluster: read it by --live or --kubeconfig');
  const { snapshot, backend, problems: inputProblems } = await loadInput(context, paths, options);
  if (options.egressipam !== undefined && !snapshot.egressIPAMs.some(({ name }) => name === options.egressipam))
    throw new InputError(`--egressipam ${options.egressipam}: there is no such EgressIPAM`);
  const found = planAdoption(
    snapshot,
    backend,
    options.egressipam === undefined ? {} : { egressIPAM: options.egressipam },
  );
  const failures = options.apply === true ? await annotate(options, found.adoptions) : [];
  if (options.output === 'table') context.terminal.out(render(context, found, options.apply === true, failures));
  else
    writeData(context.terminal, options.output, {
      formatVersion: 1,
      ...found,
      applied: options.apply === true,
      failures,
      inputProblems,
    });
  const isDone = options.apply === true && failures.length === 0;
  return found.problems.length === 0 && inputProblems.length === 0 && (isDone || found.adoptions.length === 0)
    ? exitCode.nothingToDo
    : exitCode.found;
}

function render(
  { terminal }: CommandContext,
  { adoptions, problems }: AdoptionPlan,
  applied: boolean,
  failures: readonly Failure[],
): string {
  const rows = adoptions.map(({ namespace, egressIPAM, addresses, object }) => [
    namespace,
    egressIPAM,
    addresses.join(', '),
    `${object.kind}/${object.name}`,
    failures.find((failure) => failure.namespace === namespace)?.message ??
      (applied ? 'written' : 'to be written by --apply'),
  ]);
  const sections = [
    rows.length === 0
      ? 'Nothing to adopt.'
      : table(['NAMESPACE', 'EGRESSIPAM', 'EGRESS IPS', 'FROM', 'ANNOTATION'], rows, terminal),
    renderFindings(problems, terminal),
  ];
  return `${sections.filter((section) => section !== undefined).join('\n\n')}\n`;
}

/** Writes the annotations, each on the version of the namespace that is there now. */
async function annotate(
  { kubeconfig, context }: AdoptOptions,
  adoptions: readonly Adoption[],
): Promise<readonly Failure[]> {
  const [{ createRestClient, loadConnection, ResourceClient }, { namespaces }] = await Promise.all([
    import('@egressip-ipam/kube'),
    import('../network/resources.ts'),
  ]);
  const rest = createRestClient(
    await loadConnection({
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    }),
    { userAgent: 'egressip-ipam' },
  );
  const client = new ResourceClient(rest, namespaces);
  const failures: Failure[] = [];
  try {
    for (const { namespace, egressIPAM, addresses } of adoptions) {
      try {
        const { metadata } = await client.get({ name: namespace });
        if (metadata.annotations?.[egressIPsAnnotation] !== undefined)
          throw new Error('it was annotated meanwhile; look again');
        await client.mergePatch(
          { name: namespace },
          {
            metadata: {
              resourceVersion: metadata.resourceVersion,
              annotations: { [egressIPAMAnnotation]: egressIPAM, [egressIPsAnnotation]: addresses.join(',') },
            },
          },
        );
      } catch (error) {
        failures.push({ namespace, message: reasonOf(error) });
      }
    }
  } finally {
    rest.close();
  }
  return failures;
}
