import { setImmediate as turn } from 'node:timers/promises';
import { cutShort, type Outcome, type Task } from './task.ts';

/** One lane per interface. */
export interface InterfaceLanes {
  /** Queues a task in its interface's lane; resolves when it is settled. Never rejects. */
  submit(task: Task): Promise<Outcome>;
}

/** Carries out the tasks of one interface, none of which contradict each other. */
export type CarryOut = (interfaceId: string, tasks: readonly Task[]) => Promise<ReadonlyMap<Task, Outcome>>;

interface Queued {
  readonly task: Task;
  readonly settle: (outcome: Outcome) => void;
}

/**
 * Serialises the changes of each interface, whoever asked for them. What gathers while
 * a lane is busy is carried out together, so that many changes are few calls.
 */
export function createInterfaceLanes(carryOut: CarryOut): InterfaceLanes {
  const queues = new Map<string, Queued[]>();

  const drain = async (interfaceId: string, queue: Queued[]): Promise<void> => {
    await turn();
    while (queue.length > 0) {
      const batch = takeBatch(queue);
      try {
        const outcomes = await carryOut(
          interfaceId,
          batch.map(({ task }) => task),
        );
        for (const { task, settle } of batch) settle(outcomes.get(task));
      } catch (error) {
        // What broke here must not leave callers waiting, nor stop the lane.
        for (const { task, settle } of batch)
          settle(cutShort(`${task.kind} of ${task.address} on ${interfaceId} broke off (${String(error)}) and`));
      }
    }
    queues.delete(interfaceId);
  };

  return {
    submit: (task) =>
      new Promise((settle) => {
        const queue = queues.get(task.interfaceId);
        if (queue !== undefined) {
          queue.push({ task, settle });
          return;
        }
        const begun = [{ task, settle }];
        queues.set(task.interfaceId, begun);
        void drain(task.interfaceId, begun);
      }),
  };
}

/** Takes tasks from the front until one contradicts an earlier one: its turn is the next. */
function takeBatch(queue: Queued[]): readonly Queued[] {
  const kinds = new Map<string, Task['kind']>();
  const batch: Queued[] = [];
  for (let first = queue[0]; first !== undefined; first = queue[0]) {
    const { task, settle } = first;
    if (task.signal.aborted) {
      settle(cutShort(`${task.kind} of ${task.address} on ${task.interfaceId}`));
    } else {
      const earlier = kinds.get(task.address);
      if (earlier !== undefined && earlier !== task.kind) break;
      kinds.set(task.address, task.kind);
      batch.push(first);
    }
    queue.shift();
  }
  return batch;
}
