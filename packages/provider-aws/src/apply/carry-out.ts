import type { ProviderErrorClass, ProviderErrorDescription } from '@egressip-ipam/core';
import type { Clock } from '../clock.ts';
import type { InterfaceStore } from '../interface-store.ts';
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
const firstPause = 500;
const longestPause = 8_000;
/** A look that fails like this is worth another. */
const passingClasses: ReadonlySet<ProviderErrorClass> = new Set(['throttled', 'transient']);
/** What is known may be old: a look that shows otherwise leads to another round. */
const mostRounds = 3;
/** Detaches make room for what comes. */
const order = (['detach', 'reassign', 'attach'] as const).flatMap((kind) => [{ kind, family: 4 }, { kind, family: 6 }]);

/**
 * Makes what carries out the tasks of one interface: at most one call per kind and family
 * of addresses where nothing is refused, then looks until EC2 shows what it accepted.
 * Starts from what is known of the interface, and believes only a new look.
 */
export function createCarryOut({ api, looker, clock, store, closed }: CarryOutOptions): CarryOut {
  /** Looks until all accepted tasks show, or the deadline has passed. */
  const confirm = async (tasks: readonly Task[], accepted: ReadonlySet<Task>): ReturnType<typeof lookAt> => {
    const deadline = clock.now() + confirmationDeadline;
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      const seen = await lookAt(looker, tasks);
      const agrees = !('error' in seen) && [...accepted].every((task) => isFulfilled(task, seen.interfaces));
      if (agrees || clock.now() + pause > deadline || ('error' in seen && !passingClasses.has(seen.error.class))) return seen;
      await clock.sleep(pause, closed).catch(() => undefined);
      if (closed.aborted) return { error: { class: 'unknown', message: 'the provider was closed' } };
    }
  };

  return async (interfaceId, tasks) => {
    const outcomes = new Map<Task, Outcome>();
    let open = tasks;
    let known = knownInterfaces(store, interfaceId);
    for (let round = 1; open.length > 0; round += 1) {
      if (known === undefined) {
        const seen = await lookAt(looker, open);
        if ('error' in seen) return settle(outcomes, open, seen.error);
        known = seen.interfaces;
      }
      const accepted = new Set<Task>();
      for (const task of open) {
        const refused = obstacle(task, known.get(interfaceId));
        if (refused !== undefined) outcomes.set(task, refused);
      }
      for (const { kind, family } of order) {
        const due = open.filter((task) => task.kind === kind && task.family === family && !outcomes.has(task) && !isFulfilled(task, known ?? new Map()));
        const failures = await changeInterface({ api, looker }, due);
        for (const task of due) {
          const failure = failures.get(task);
          if (failure === undefined) accepted.add(task);
          else outcomes.set(task, failure);
        }
      }
      open = open.filter((task) => !outcomes.has(task));
      if (open.length === 0) break;
      const seen = await confirm(open, accepted);
      if ('error' in seen) return settle(outcomes, open, { ...seen.error, class: 'unknown', message: `whether the change happened could not be seen: ${seen.error.message}` });
      for (const task of open) {
        if (isFulfilled(task, seen.interfaces)) outcomes.set(task, undefined);
        else if (accepted.has(task) || round === mostRounds) outcomes.set(task, notShown(task));
      }
      open = open.filter((task) => !outcomes.has(task));
      known = seen.interfaces;
    }
    return outcomes;
  };
}

/** What was seen last; undefined when that is not known or the interface was gone. */
function knownInterfaces(store: InterfaceStore, interfaceId: string): Interfaces | undefined {
  const facts = store.get(interfaceId)?.facts;
  return facts === undefined ? undefined : new Map([[interfaceId, facts]]);
}

function settle(outcomes: Map<Task, Outcome>, open: readonly Task[], error: ProviderErrorDescription): ReadonlyMap<Task, Outcome> {
  for (const task of open) outcomes.set(task, error);
  return outcomes;
}

function notShown({ kind, address, interfaceId }: Task): ProviderErrorDescription {
  return { class: 'unknown', message: `EC2 accepted the ${kind} of ${address} on ${interfaceId} and did not show it within ${confirmationDeadline / 1000} seconds; look again` };
}
