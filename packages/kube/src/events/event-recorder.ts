import type { Clock } from '../clock/clock.ts';
import { sleep } from '../clock/sleep.ts';
import { isNotFound } from '../errors/predicates.ts';
import { TransportError } from '../errors/transport-error.ts';
import { ResourceClient } from '../resource/resource-client.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { EventCorrelator } from './correlator.ts';
import { eventName, eventNamespace, eventObject, events, shorten, type EventInput, type EventSource } from './event.ts';
import { LruMap } from './lru.ts';

/** What an {@link EventRecorder} takes. */
export interface EventRecorderOptions extends EventSource {
  readonly client: RestClient;
  /** How many different Events may wait; more are dropped. Default 1,000, as client-go. */
  readonly queueSize?: number;
  /** An Event was given up: too many of its object, a full queue, or the server's refusal. Must not throw. */
  readonly onDropped?: (input: EventInput, cause: 'spam' | 'queue-full' | 'stopped' | Error) => void;
}

interface Pending {
  input: EventInput;
  count: number;
}

interface Written {
  readonly name: string;
  readonly count: number;
}

// client-go's: an Event is worth twelve attempts over two minutes.
const attempts = 12;
const retryMilliseconds = 10_000;

/**
 * Tells people what happened by Events, without ever disturbing the work: recording only queues, one request is
 * made at a time, and failures end in a hook.
 *
 * Events are those of core/v1 and not of events.k8s.io: `kubectl describe` and `kubectl get events` show a core
 * Event's count and time span ("x7 over 5m") as repetition, while the newer API leaves `count` empty and wants a
 * series, which `kubectl describe` shows as one occurrence. Both APIs serve the same stored objects.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #clock: Clock;
  readonly #events: ResourceClient;
  readonly #correlator = new EventCorrelator();
  readonly #pending = new Map<string, Pending>();
  readonly #written = new LruMap<string, Written>(4096);
  readonly #stop = new AbortController();
  readonly #idle: (() => void)[] = [];
  #sending: Promise<void> | undefined;
  #sequence = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#clock = options.client.clock;
    this.#events = new ResourceClient(options.client, events);
  }

  /** Events that wait. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Queues an Event and returns at once. Never throws. */
  record(input: EventInput): void {
    if (this.#stop.signal.aborted) return this.#drop(input, 'stopped');
    const correlated = this.#correlator.correlate(input, this.#clock.monotonic());
    if (!correlated) return this.#drop(input, 'spam');
    const waiting = this.#pending.get(correlated.key);
    if (waiting) {
      waiting.count++;
      waiting.input = correlated.input;
    } else if (this.#pending.size >= (this.#options.queueSize ?? 1_000)) {
      this.#drop(input, 'queue-full');
    } else {
      this.#pending.set(correlated.key, { input: correlated.input, count: 1 });
    }
    this.#send();
  }

  /** Waits until all Events are sent, but no longer than so many milliseconds. */
  async flush(milliseconds: number): Promise<void> {
    if (this.#pending.size === 0 && !this.#sending) return;
    const enough = new AbortController();
    this.#idle.push(() => enough.abort());
    await sleep(this.#clock, milliseconds, enough.signal);
  }

  /** Flushes within so many milliseconds, and drops the rest. */
  async stop(milliseconds: number): Promise<void> {
    await this.flush(milliseconds);
    this.#stop.abort();
    await this.#sending;
    for (const { input } of this.#pending.values()) this.#drop(input, 'stopped');
    this.#pending.clear();
  }

  #send(): void {
    if (this.#pending.size === 0 || this.#stop.signal.aborted) return;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      // One may have come between the last look at the queue and now.
      if (this.#pending.size > 0) this.#send();
      else for (const resolve of this.#idle.splice(0)) resolve();
    });
  }

  async #sendAll(): Promise<void> {
    for (const [key, pending] of this.#pending) {
      if (this.#stop.signal.aborted) return;
      this.#pending.delete(key);
      await this.#deliver(key, pending);
    }
  }

  async #deliver(key: string, { input, count }: Pending): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        this.#written.set(key, await this.#write(key, input, count));
        return;
      } catch (error) {
        const again = TransportError.isInstance(error) && attempt < attempts;
        if (!again || !(await sleep(this.#clock, retryMilliseconds, this.#stop.signal))) {
          this.#drop(input, error instanceof Error ? error : new Error(String(error)));
          return;
        }
      }
    }
  }

  async #write(key: string, input: EventInput, count: number): Promise<Written> {
    const { signal } = this.#stop;
    const now = new Date(this.#clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    const former = this.#written.get(key);
    if (former) {
      const total = former.count + count;
      const patch = { count: total, message: shorten(input.message), lastTimestamp: now };
      try {
        await this.#events.mergePatch({ name: former.name, namespace: eventNamespace(input.object) }, patch, {
          signal,
        });
        return { name: former.name, count: total };
      } catch (error) {
        // The server keeps Events for an hour.
        if (!isNotFound(error)) throw error;
        this.#written.delete(key);
      }
    }
    const name = eventName(input.object, this.#clock.now(), this.#sequence++);
    await this.#events.create(eventObject(name, input, count, { first: now, last: now }, this.#options), { signal });
    return { name, count };
  }

  #drop(input: EventInput, cause: 'spam' | 'queue-full' | 'stopped' | Error): void {
    this.#options.onDropped?.(input, cause);
  }
}
