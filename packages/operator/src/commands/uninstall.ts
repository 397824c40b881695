import { plan } from '@egressip-ipam/core';
import { firstFew } from '@egressip-ipam/core/plugin';
import { InputError } from '../input/read-documents.ts';
import type { LoadedSnapshot } from '../input/load-snapshot.ts';
import { printable } from '../output/printable.ts';
import { reasonOf } from '../output/reason-of.ts';
import { renderPlan } from '../output/render-plan.ts';
import { writeData } from '../output/terminal.ts';
import { leaving } from '../run/leaving.ts';
import { servesNothing, type RunOptions } from '../run/options.ts';
import { isLive, liveOptionsOf, loadInput, loadLive, type CommandContext, type InputOptions } from './context.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { ownNamespace } from './own-namespace.ts';

/** So many objects are named of what is left. */
const mostNamed = 10;

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
  const present = snapshot.egressIPAMs.filter(({ deletedAt }) => deletedAt === undefined);
  const deleted = new Set(present.map(({ name }) => name));
  if (options.output === 'table')
    context.terminal.out(renderPlan(result, { snapshot: leave, backend, deleted }, context.terminal));
  else writeData(context.terminal, options.output, { ...result, inputProblems: problems });
  if (options.apply !== true) return result.steps.length === 0 ? exitCode.nothingToDo : exitCode.found;
  const left = await takeBack(context, options);
  context.terminal.error(
    left.length === 0
      ? 'Everything is taken back. The definition, the roles and the namespace of the operator can go.\n'
      : `Not everything is taken back yet: ${printable(firstFew(left, mostNamed))} ${left.length === 1 ? 'waits' : 'wait'} for it. Run it again; the lines above say what is in the way.\n`,
  );
  return left.length === 0 ? exitCode.nothingToDo : exitCode.found;
}

/** The objects that something is left of. */
function leftOf({ snapshot, backend }: LoadedSnapshot): readonly string[] {
  return [...new Set(plan(leaving(snapshot), backend).steps.map(({ object: { kind, name } }) => `${kind} ${name}`))];
}

/** Deletes all EgressIPAMs, and is the operator until nothing is left; the objects that something is left of. */
async function takeBack({ terminal }: CommandContext, options: UninstallOptions): Promise<readonly string[]> {
  const [
    { createRestClient, isNotFound, loadConnection, ResourceClient },
    { egressIPAMs },
    { holdLease },
    { runOperator },
    { createLog },
  ] = await Promise.all([
    import('@egressip-ipam/kube'),
    import('../network/resources.ts'),
    import('../run/lease-hold.ts'),
    import('../run/run-operator.ts'),
    import('../log/log.ts'),
  ]);
  const live = liveOptionsOf(options);
  const { kubeconfig, context } = live;
  const rest = createRestClient(
    await loadConnection({
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    }),
    { userAgent: 'egressip-ipam' },
  );
  const client = new ResourceClient(rest, egressIPAMs);
  const names = async (): Promise<readonly string[]> => {
    try {
      return (await client.list()).items.map(({ metadata }) => metadata.name);
    } catch (error) {
      // Somebody deleted the definition first: what its EgressIPAMs gave is there all the same.
      if (isNotFound(error)) return [];
      throw error;
    }
  };
  // What an EgressIPAM gave whose finalizer somebody took off is left though that is gone.
  const left = async (): Promise<readonly string[]> => {
    const present = await names();
    return present.length > 0 ? present.map((name) => `EgressIPAM ${name}`) : leftOf(await loadLive([], options));
  };
  const log = createLog((line) => terminal.error(line), { format: 'text', level: 'info', now: () => Date.now() });
  const runOptions: RunOptions = {
    ...servesNothing,
    ...live,
    namespace: live.namespace ?? ownNamespace(),
    leaderElect: true,
    refusesBeside: true,
    takesBack: true,
    logLevel: 'info',
  };
  const stop = new AbortController();
  try {
    // Nothing is deleted beside an operator that lives, which its Lease shows by being renewed, whatever clocks say.
    const hold = await holdLease(rest, runOptions, log, stop.signal).catch((error: unknown) => {
      throw new InputError(
        `${reasonOf(error)}; where an operator runs, scale its Deployment to 0 first, or delete the EgressIPAMs and let it take everything back`,
      );
    });
    try {
      for (const name of await names())
        await client.delete({ name }).catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
    } finally {
      await hold.release();
    }
    if ((await left()).length === 0) return [];
    const run = runOperator(runOptions, log, stop.signal);
    const end = Date.now() + options.timeout * 1_000;
    const goneOrLate = async (): Promise<void> => {
      while ((await left()).length > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 500));
    };
    await Promise.race([run, goneOrLate()]);
    stop.abort();
    await run;
    return await left();
  } finally {
    stop.abort();
    rest.close();
  }
}
