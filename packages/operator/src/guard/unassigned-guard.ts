import type { Plan, UnassignedGuard as GuardContract } from '@egressip-ipam/core';
import {
  isAlreadyExists,
  isInvalid,
  isNotFound,
  Reflector,
  ResourceClient,
  type Clock,
  type ClockTimer,
  type RestClient,
} from '@egressip-ipam/kube';
import { BackOff } from '../executor/back-off.ts';
import { resourceOf } from '../network/resources.ts';
import type { StepRunner } from '../executor/step-runner.ts';
import { bareNamespaces, labelOf, type Family } from './bare-namespaces.ts';

/** What an {@link UnassignedGuard} works with. */
export interface UnassignedGuardOptions {
  /** How the network is told to let nothing out. */
  readonly guard: GuardContract;
  readonly rest: RestClient;
  /** Writes while this replica holds the lease. */
  readonly writer: RestClient;
  readonly clock: Clock;
  /** The objects changed, or a delay is over: plan again. */
  readonly onProgress: () => void;
  readonly onError: (namespace: string, error: unknown) => void;
  /** The objects cannot be read: nothing is guarded, nor let go, until they can. */
  readonly onUnreadable: (error: unknown) => void;
}

const mostAtOnce = 8;

/**
 * While no node carries any address of a namespace's, some networks let its traffic out with the address of a node: of
 * one family, where the other is carried. The guard denies it until then, by an object of the network's, where the
 * namespace has none of its own.
 */
export class UnassignedGuard implements StepRunner {
  readonly #options: UnassignedGuardOptions;
  readonly #client: ResourceClient;
  /** By object: what ours keeps in, by the value of its label; nothing for those of others. */
  readonly #reflector: Reflector<{ readonly keepsIn: string | undefined }>;
  readonly #namespaces = new Set<string>();
  readonly #busy = new Set<string>();
  readonly #failures = new BackOff({ first: 200, longest: 60_000 });
  #timer: ClockTimer | undefined;
  #stopped = false;
  #idle: (() => void) | undefined;

  constructor(options: UnassignedGuardOptions) {
    this.#options = options;
    this.#client = new ResourceClient(options.writer, resourceOf(options.guard.resource, true));
    this.#reflector = new Reflector({
      client: new ResourceClient(options.rest, resourceOf(options.guard.resource, true)),
      project: ({ metadata }) => ({ keepsIn: metadata.labels?.[options.guard.label] }),
      onChange: ({ type, key }) => {
        const namespace = key.slice(0, key.indexOf('/'));
        if (type === 'deleted') this.#namespaces.delete(namespace);
        else this.#namespaces.add(namespace);
        options.onProgress();
      },
      onError: (error, _retry, isRepeated) => {
        if (!isRepeated) options.onUnreadable(error);
      },
    });
    this.#reflector.start();
  }

  /** Nothing waits for its turn: there are few. */
  readonly isBehind = false;

  /** How many objects are being written. */
  get underWay(): number {
    return this.#busy.size;
  }

  /** Puts objects where a plan shows that nothing is assigned, and takes ours away elsewhere. */
  take(plan: Plan): void {
    if (this.#stopped || !this.#reflector.hasSynced) return;
    const bare = bareNamespaces(plan, this.#options.guard.exceptions ?? []);
    const now = this.#options.clock.monotonic();
    // A namespace that is going away refuses every object, and its name may come again.
    this.#failures.keepOnly((namespace) => bare.has(namespace) || this.#namespaces.has(namespace));
    let wake = Infinity;
    const due = (namespace: string): boolean => {
      const until = this.#failures.until(namespace);
      if (until > now) wake = Math.min(wake, until);
      return until <= now && !this.#busy.has(namespace) && this.#busy.size < mostAtOnce;
    };
    for (const [namespace, families] of bare) {
      const present = this.#namespaces.has(namespace);
      const isOther = present && ![undefined, labelOf(families)].includes(this.#keptIn(namespace));
      if ((!present || isOther) && due(namespace)) void this.#write(namespace, () => this.#deny(namespace, families));
    }
    for (const namespace of this.#namespaces)
      if (!bare.has(namespace) && this.#keptIn(namespace) !== undefined && due(namespace))
        void this.#write(namespace, () => this.#allow(namespace));
    this.#timer?.cancel();
    this.#timer = Number.isFinite(wake)
      ? this.#options.clock.setTimeout(this.#options.onProgress, Math.max(1, wake - now))
      : undefined;
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    if (this.#busy.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.#reflector.stop();
  }

  #keptIn(namespace: string): string | undefined {
    return this.#reflector.store.get(`${namespace}/${this.#options.guard.name}`)?.keepsIn;
  }

  async #write(namespace: string, write: () => Promise<unknown>): Promise<void> {
    this.#busy.add(namespace);
    try {
      await write();
      this.#failures.succeed(namespace);
    } catch (error) {
      this.#failures.fail(namespace, this.#options.clock.monotonic());
      this.#options.onError(namespace, error);
    } finally {
      this.#busy.delete(namespace);
      if (this.#busy.size === 0) this.#idle?.();
      if (!this.#stopped) this.#options.onProgress();
    }
  }

  async #deny(namespace: string, families: readonly Family[]): Promise<void> {
    const bodies = this.#options.guard.bodiesFor(families);
    for (const [index, body] of bodies.entries()) {
      try {
        await this.#put(namespace, body, labelOf(families));
        return;
      } catch (error) {
        // Somebody made one in the same moment: theirs stays, as it would if it had been there before.
        if (isAlreadyExists(error)) return;
        if (!isInvalid(error) || index === bodies.length - 1) throw error;
      }
    }
  }

  /** Makes the object, or changes ours where it is: without it nothing would keep the namespace in for a moment. */
  async #put(namespace: string, body: Readonly<Record<string, unknown>>, keepsIn: string): Promise<void> {
    const { name, label } = this.#options.guard;
    const metadata = { labels: { [label]: keepsIn } };
    const written = this.#namespaces.has(namespace)
      ? await this.#client.mergePatch(
          { namespace, name },
          { ...body, metadata: { ...metadata, ...this.#versionOf(namespace) } },
        )
      : await this.#client.create({ ...body, metadata: { ...metadata, namespace, name } });
    this.#reflector.store.upsertFromResponse(written);
  }

  async #allow(namespace: string): Promise<void> {
    const { name } = this.#options.guard;
    try {
      await this.#client.delete({ namespace, name }, { preconditions: this.#versionOf(namespace) });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.#namespaces.delete(namespace);
  }

  /** What was seen to be ours, and nothing that somebody has made of it since. */
  #versionOf(namespace: string): { readonly resourceVersion?: string } {
    const resourceVersion = this.#reflector.store.resourceVersionOf(`${namespace}/${this.#options.guard.name}`);
    return resourceVersion === undefined ? {} : { resourceVersion };
  }
}
