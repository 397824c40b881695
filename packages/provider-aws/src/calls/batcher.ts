import { setImmediate as turn } from 'node:timers/promises';

/** Loads values by key; keys without a value are left out. */
export type Load<Value> = (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>;

/**
 * Makes one load out of all that are asked for at the same moment (in one turn of
 * the event loop, and until `ready` lets go), so that many callers cost one call.
 */
export function createBatcher<Value>(load: Load<Value>, ready: () => Promise<unknown> = turn): Load<Value> {
  let next: { readonly keys: Set<string>; readonly loaded: Promise<ReadonlyMap<string, Value>> } | undefined;
  return async (keys) => {
    if (keys.length === 0) return new Map();
    if (next === undefined) {
      const gathered = new Set<string>();
      const start = async (): Promise<ReadonlyMap<string, Value>> => {
        await ready();
        next = undefined;
        return load([...gathered]);
      };
      next = { keys: gathered, loaded: start() };
    }
    for (const key of keys) next.keys.add(key);
    return next.loaded;
  };
}
