import { ProviderError, type ProviderErrorDescription } from '@egressip-ipam/core';
import { whenAllAborted } from '../calls/abortable.ts';
import type { Ec2Api } from '../ec2/ec2-api.ts';
import { isNotAssigned } from '../ec2/errors.ts';
import type { Looker } from './looker.ts';
import { cutShort, isFulfilled, type Interfaces, type Outcome, type Task } from './task.ts';

/** What changing an interface works with. */
export interface InterfaceChanger {
  readonly api: Ec2Api;
  readonly looker: Looker;
}

/** Errors that say nothing about single addresses: all of the call share them. */
const sharedClasses: ReadonlySet<string> = new Set(['throttled', 'unauthorized', 'not-found']);
/** After these, only a look tells what happened. */
const ambiguousClasses: ReadonlySet<string> = new Set(['transient', 'unknown']);

/**
 * Asks EC2 for tasks of one kind and family on one interface, by one call. EC2 does all
 * or nothing; when it refuses, what is already as wanted is left out and the rest is
 * asked for again in halves, so that each task has its own, honest answer.
 *
 * @returns the tasks that failed; the others were accepted
 */
export async function changeInterface(
  changer: InterfaceChanger,
  tasks: readonly Task[],
  alreadyLooked = false,
): Promise<ReadonlyMap<Task, ProviderErrorDescription>> {
  const [first] = tasks;
  if (first === undefined) return new Map();
  // Who lost the right to change anything asks for nothing more, not even for the rest.
  const wanted = whenAllAborted(tasks.map(({ signal }) => signal));
  if (wanted.aborted) return all(tasks, cutShort(`${first.kind} on ${first.interfaceId}`));
  const { kind, family, interfaceId } = first;
  const addresses = [...new Set(tasks.map(({ address }) => address))];
  const error = await errorOf(() =>
    changer.looker.whileChanging(() => changer.api.changeAddresses({ kind, family, interfaceId, addresses }, wanted)),
  );
  if (error === undefined) return new Map();
  if (kind === 'detach' && error.class === 'not-found') return new Map();
  if (sharedClasses.has(error.class)) return all(tasks, error);

  const ambiguous = ambiguousClasses.has(error.class);
  if (ambiguous || !alreadyLooked) {
    const seen = await lookAt(changer.looker, tasks);
    if ('error' in seen) return all(tasks, ambiguous ? { ...error, class: 'unknown' } : error);
    const rest = tasks.filter((task) => !isFulfilled(task, seen.interfaces));
    if (ambiguous || rest.length === 0) return all(rest, error);
    if (rest.length < tasks.length) return changeInterface(changer, rest, true);
  }
  if (addresses.length === 1) return kind === 'detach' && isNotAssigned(error) ? new Map() : all(tasks, error);
  const upper = new Set(addresses.slice(Math.ceil(addresses.length / 2)));
  const lowerFailures = await changeInterface(
    changer,
    tasks.filter(({ address }) => !upper.has(address)),
    true,
  );
  const upperFailures = await changeInterface(
    changer,
    tasks.filter(({ address }) => upper.has(address)),
    true,
  );
  return new Map([...lowerFailures, ...upperFailures]);
}

/** Looks at all interfaces that tasks are about. */
export async function lookAt(
  looker: Looker,
  tasks: readonly Task[],
): Promise<{ readonly interfaces: Interfaces } | { readonly error: ProviderErrorDescription }> {
  try {
    return {
      interfaces: await looker.look(
        tasks.flatMap(({ interfaceId, fromInterfaceId }) => [interfaceId, fromInterfaceId ?? interfaceId]),
      ),
    };
  } catch (error) {
    if (!ProviderError.isInstance(error)) throw error;
    return { error: error.description };
  }
}

async function errorOf(call: () => Promise<void>): Promise<Outcome> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (!ProviderError.isInstance(error)) throw error;
    return error.description;
  }
}

function all(tasks: readonly Task[], error: ProviderErrorDescription): ReadonlyMap<Task, ProviderErrorDescription> {
  return new Map(tasks.map((task) => [task, error]));
}
