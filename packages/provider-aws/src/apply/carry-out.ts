import type { ProviderErrorClass, ProviderErrorDescription } from '@egressip-ipam/core';
import type { Clock } from '../calls/clock.ts';
import type { InterfaceStore } from '../observe/interface-store.ts';
import { changeInterface, lookAt, type InterfaceChanger } from './change-interface.ts';
import type { CarryOut } from './interface-lanes.ts';
import { isFulfilled, obstacle, type Interfaces, type Outcome, type Task } from './task.ts';

/** What carrying out tasks works with. */
export interface CarryOutOptions extends InterfaceChanger {
  readonly clock: Clock;
  readonly store: InterfaceStore;
  /** Aborted when the provider is closed: nothing is waited for any more. */
  readonly closed: AbortSignal;
}

/** How long DescribeNetworkInterfaces may lag behind an accepted change (EC2 API Reference, "Eventual consistency"). */
const confirmationDeadline = 60_000;
/** What EC2 accepted by one call shows together: where a part of it shows, the rest was left out. */
const leftOutDeadline = 4_000;
const firstPause = 500;
const longestPause = 8_000;
/** A look that fails like this is worth another. */
const passingClasses: ReadonlySet<ProviderErrorClass> = new Set(['throttled', 'transient']);
/** Detaches make room for what comes. */
const order = (['detach', 'reassign', 'attach'] as const).flatMap((kind) => [
  { kind, family: 4 },
  { kind, family: 6 },
]);

/**
 * Makes what carries out the tasks of one interface: one call per kind and family of
 * addresses where nothing is refused, then looks until EC2 shows what it accepted.
 */
export function createCarryOut({ api, looker, clock, store, closed }: CarryOutOptions): CarryOut {
  /** Looks until all these show, or the deadline has passed. */
  const confirm = async (tasks: readonly Task[]): ReturnType<typeof lookAt> => {
    let deadline = clock.now() + confirmationDeadline;
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      const seen = await lookAt(looker, tasks);
      const open = 'error' in seen ? tasks : tasks.filter((task) => !isFulfilled(task, seen.interfaces));
      if (open.length > 0 && open.every((task) => isPartShown(task, tasks, open)))
        deadline = Math.min(deadline, clock.now() + leftOutDeadline);
      if (
        open.length === 0 ||
        clock.now() + pause > deadline ||
        ('error' in seen && !passingClasses.has(seen.error.class))
      )
        return seen;
      await clock.sleep(pause, closed).catch(() => undefined);
      if (closed.aborted) return { error: { class: 'unknown', message: 'the provider was closed' } };
    }
  };

  return async (interfaceId, tasks) => {
    const outcomes = new Map<Task, Outcome>();
    let known = knownInterfaces(store, interfaceId);
    if (known === undefined) {
      const seen = await lookAt(looker, tasks);
      if ('error' in seen) return settle(outcomes, tasks, seen.error);
      known = seen.interfaces;
    }
    for (const task of tasks) {
      const refused = obstacle(task, known.get(interfaceId));
      if (refused !== undefined) outcomes.set(task, refused);
    }
    for (const { kind, family } of order) {
      // Asked for also where it seems to be so already: a look may be old, EC2's answer is not.
      const failures = await changeInterface(
        { api, looker },
        tasks.filter((task) => task.kind === kind && task.family === family && !outcomes.has(task)),
      );
      for (const [task, failure] of failures) outcomes.set(task, failure);
    }
    const accepted = tasks.filter((task) => !outcomes.has(task));
    if (accepted.length === 0) return outcomes;
    const seen = await confirm(accepted);
    if ('error' in seen)
      return settle(outcomes, accepted, {
        ...seen.error,
        class: 'unknown',
        message: `whether the change happened could not be seen: ${seen.error.message}`,
      });
    for (const task of accepted) outcomes.set(task, isFulfilled(task, seen.interfaces) ? undefined : notShown(task));
    return outcomes;
  };
}

/** What was seen last; undefined when that is not known or the interface was gone. */
function knownInterfaces(store: InterfaceStore, interfaceId: string): Interfaces | undefined {
  const facts = store.get(interfaceId)?.facts;
  return facts === undefined ? undefined : new Map([[interfaceId, facts]]);
}

/** Whether some of the call that a task was part of shows. */
function isPartShown({ kind, family }: Task, tasks: readonly Task[], open: readonly Task[]): boolean {
  return tasks.some((task) => task.kind === kind && task.family === family && !open.includes(task));
}

function settle(
  outcomes: Map<Task, Outcome>,
  open: readonly Task[],
  error: ProviderErrorDescription,
): ReadonlyMap<Task, Outcome> {
  for (const task of open) outcomes.set(task, error);
  return outcomes;
}

function notShown({ kind, address, interfaceId }: Task): ProviderErrorDescription {
  return {
    class: 'unknown',
    message: `EC2 accepted the ${kind} of ${address} on ${interfaceId} and did not show it in time; look again`,
  };
}
