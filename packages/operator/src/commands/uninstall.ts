import { finalizerName, plan, type ClusterSnapshot } from '@egressip-ipam/core';
import { InputError } from '../input/read-documents.ts';
import type { LiveOptions } from '../input/read-live.ts';
import { reasonOf } from '../output/reason-of.ts';
import { renderPlan } from '../output/render-plan.ts';
import { writeData } from '../output/terminal.ts';
import { servesNothing, type RunOptions } from '../run/options.ts';
import { isLive, liveOptionsOf, loadInput, type CommandContext, type InputOptions } from './context.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { ownNamespace } from './own-namespace.ts';

/** Options of `uninstall`. */
export interface UninstallOptions extends InputOptions {
  readonly apply?: boolean;
  /** Seconds that it may take. */
  readonly timeout: number;
}

/**
 * `uninstall`: takes back everything that was given, as if all EgressIPAMs were deleted; without --apply it only says
 * what that is.
 */
export async function uninstallCommand(
  context: CommandContext,
  paths: readonly string[],
  options: UninstallOptions,
): Promise<ExitCode> {
  if (options.apply === true && !isLive(options))
    throw new InputError('--apply writes into a cluster: read it by --live or --kubeconfig');
  const { snapshot, backend, problems } = await loadInput(context, paths, options);
  const leave = leaving(snapshot);
  const result = plan(leave, backend);
  if (options.output === 'table')
    context.terminal.out(renderPlan(result, { snapshot: leave, backend }, context.terminal));
  else writeData(context.terminal, options.output, { ...result, inputProblems: problems });
  if (options.apply !== true) return result.steps.length === 0 ? exitCode.nothingToDo : exitCode.found;
  const left = await takeBack(context, liveOptionsOf(options), options);
  context.terminal.error(
    left.length === 0
      ? 'Everything is taken back. The definition, the roles and the namespace of the operator can go.\n'
      : `Not everything is taken back yet: ${left.join(', ')} ${left.length === 1 ? 'waits' : 'wait'} for it. Run it again; the lines above say what is in the way.\n`,
  );
  return left.length === 0 ? exitCode.nothingToDo : exitCode.found;
}

/** The cluster with every EgressIPAM being deleted. */
function leaving(snapshot: ClusterSnapshot): ClusterSnapshot {
  const egressIPAMs = snapshot.egressIPAMs.map((egressIPAM) => ({
    ...egressIPAM,
    deletedAt: egressIPAM.deletedAt ?? snapshot.time ?? new Date(0).toISOString(),
    finalizers: [...new Set([...(egressIPAM.finalizers ?? []), finalizerName])],
  }));
  return { ...snapshot, egressIPAMs };
}

/** Deletes all EgressIPAMs, and is the operator until they are gone; the names of those that are not. */
async function takeBack(
  { terminal }: CommandContext,
  live: LiveOptions,
  { timeout }: UninstallOptions,
): Promise<readonly string[]> {
  const [
    { createRestClient, loadConnection, ResourceClient },
    { egressIPAMs },
    { holdLease },
    { runOperator },
    { createLog },
  ] = await Promise.all([
    import('@egressip-ipam/kube'),
    import('../network/resources.ts'),
    import('../run/lease-hold.ts'),
    import('../run/run-operator.ts'),
    import('../run/log.ts'),
  ]);
  const { kubeconfig, context } = live;
  const rest = createRestClient(
    await loadConnection({
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    }),
    { userAgent: 'egressip-ipam' },
  );
  const client = new ResourceClient(rest, egressIPAMs);
  const names = async (): Promise<readonly string[]> =>
    (await client.list()).items.map(({ metadata }) => metadata.name);
  const log = createLog((line) => terminal.error(line), { format: 'text', level: 'info', now: () => Date.now() });
  const options: RunOptions = {
    ...servesNothing,
    ...live,
    namespace: live.namespace ?? ownNamespace(),
    leaderElect: true,
    refusesBeside: true,
    logLevel: 'info',
  };
  const stop = new AbortController();
  try {
    // Nothing is deleted beside an operator that lives, which its Lease shows by being renewed, whatever clocks say.
    const hold = await holdLease(rest, options, log, stop.signal).catch((error: unknown) => {
      throw new InputError(
        `${reasonOf(error)}; where an operator runs, scale its Deployment to 0 first, or delete the EgressIPAMs and let it take everything back`,
      );
    });
    for (const name of await names()) await client.delete({ name });
    await hold.release();
    if ((await names()).length === 0) return [];
    const run = runOperator(options, log, stop.signal);
    const end = Date.now() + timeout * 1_000;
    const goneOrLate = async (): Promise<void> => {
      while ((await names()).length > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 500));
    };
    await Promise.race([run, goneOrLate()]);
    stop.abort();
    await run;
    return await names();
  } finally {
    stop.abort();
    rest.close();
  }
}
