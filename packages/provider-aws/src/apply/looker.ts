import { setImmediate as turn } from 'node:timers/promises';
import { createBatcher } from '../calls/batcher.ts';
import type { Clock } from '../calls/clock.ts';
import type { Ec2Api } from '../ec2/ec2-api.ts';
import { readInterface, type InterfaceFacts } from '../ec2/interface-facts.ts';
import type { InterfaceStore } from '../observe/interface-store.ts';

/** Looks at interfaces for the lanes, many lanes with one call. */
export interface Looker {
  /** Carries out a change; looks wait for changes under way, so that one look sees them all. */
  whileChanging<T>(change: () => Promise<T>): Promise<T>;
  /**
   * The interfaces as EC2 shows them to a question asked after this call; those that it does not know are left out.
   * Throws a ProviderError.
   */
  look(interfaceIds: readonly string[]): Promise<ReadonlyMap<string, InterfaceFacts>>;
}

/** So many changes under way may be slow ones. */
const fewChanges = 3;
/** No look waits longer than this for changes under way, in milliseconds. */
const longestPatience = 16_000;

/** What a {@link Looker} works with. */
export interface LookerOptions {
  readonly api: Ec2Api;
  readonly clock: Clock;
  readonly store: InterfaceStore;
  /** How long the first look waits for changes under way, in milliseconds. */
  readonly patience: number;
}

/** Makes a looker; what it sees goes to the store. */
export function createLooker({ api, clock, store, patience }: LookerOptions): Looker {
  let changing = 0;
  let next = patience;
  const quiet: (() => void)[] = [];

  const allQuiet = async (): Promise<void> => {
    // Whose change just ended gets one turn to ask for this look too.
    do {
      if (changing > 0) await new Promise<void>((resolve) => quiet.push(resolve));
      await turn();
    } while (changing > 0);
  };

  const ready = async (): Promise<void> => {
    await turn();
    if (changing === 0) return;
    const enough = new AbortController();
    await Promise.race([allQuiet(), clock.sleep(next, enough.signal).catch(() => undefined)]);
    enough.abort();
    // The more changes there are, the longer each look waits for them: their number grows with the logarithm only. A
    // few slow ones hold up nobody.
    next = changing > fewChanges ? Math.min(2 * next, longestPatience) : patience;
  };

  const look = createBatcher<InterfaceFacts>(async (ids) => {
    const askedAt = clock.now();
    const shown = (await api.describeNetworkInterfaces('network-interface-id', ids)).flatMap(
      (entry) => readInterface(entry) ?? [],
    );
    const facts = new Map(shown.map((entry) => [entry.id, entry]));
    for (const id of ids) store.set(id, { facts: facts.get(id), askedAt });
    return facts;
  }, ready);

  return {
    look,
    async whileChanging(change) {
      changing += 1;
      try {
        return await change();
      } finally {
        changing -= 1;
        if (changing === 0) for (const resolve of quiet.splice(0)) resolve();
      }
    },
  };
}
