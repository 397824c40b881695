import type { EventInput, ObjectReference } from './event.ts';
import { LruMap } from './lru.ts';

// client-go's defaults (tools/record, events_cache.go).
const cacheSize = 4096;
const similarLimit = 10;
const similarMilliseconds = 600_000;
const spamBurst = 25;
const spamRefillMilliseconds = 300_000;

/** An event after correlation: those with one key become one Event object whose count grows. */
export interface CorrelatedEvent {
  readonly key: string;
  readonly input: EventInput;
}

interface Similar {
  readonly messages: Set<string>;
  last: number;
}

interface Bucket {
  tokens: number;
  last: number;
}

/**
 * Keeps Events few, by the rules of client-go's EventCorrelator: at most 25 at once per object, then one in five
 * minutes; more than ten messages of one reason about one object within ten minutes become one "combined" Event.
 */
export class EventCorrelator {
  readonly #similar = new LruMap<string, Similar>(cacheSize);
  readonly #buckets = new LruMap<string, Bucket>(cacheSize);

  /**
   * Where an event belongs, or undefined when its object had too many. `now` is in milliseconds of any steady clock.
   */
  correlate(input: EventInput, now: number): CorrelatedEvent | undefined {
    const object = referenceKey(input.object);
    if (!this.#admit(object, now)) return undefined;
    const group = JSON.stringify([object, input.type, input.reason]);
    const similar = this.#similar.get(group);
    const current =
      similar && now - similar.last <= similarMilliseconds ? similar : { messages: new Set<string>(), last: now };
    current.last = now;
    this.#similar.set(group, current);
    if (current.messages.size >= similarLimit && !current.messages.has(input.message)) {
      return { key: group, input: { ...input, message: `(combined from similar events): ${input.message}` } };
    }
    current.messages.add(input.message);
    return { key: JSON.stringify([group, input.message]), input };
  }

  #admit(object: string, now: number): boolean {
    const bucket = this.#buckets.get(object) ?? { tokens: spamBurst, last: now };
    bucket.tokens = Math.min(spamBurst, bucket.tokens + (now - bucket.last) / spamRefillMilliseconds);
    bucket.last = now;
    this.#buckets.set(object, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }
}

function referenceKey({ apiVersion, kind, namespace = '', name, uid = '' }: ObjectReference): string {
  return JSON.stringify([apiVersion, kind, namespace, name, uid]);
}
