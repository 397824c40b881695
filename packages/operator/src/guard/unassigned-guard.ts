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
import type { StepRunner } from '../run/control-loop.ts';

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
 * While no node carries any address of a namespace, some networks let its traffic out with the address of a node. The
 * guard denies it until then, by an object of the network's, where the namespace has none of its own.
 */
export class UnassignedGuard implements StepRunner {
  readonly #options: UnassignedGuardOptions;
  readonly #reflector: Reflector<{ readonly isOurs: boolean }>;
  readonly #namespaces = new Set<string>();
  readonly #busy = new Set<string>();
  readonly #failures = new BackOff({ first: 200, longest: 60_000 });
  #timer: ClockTimer | undefined;
  #stopped = false;
  #idle: (() => void) | undefined;

  constructor(options: UnassignedGuardOptions) {
    this.#options = options;
    this.#reflector = new Reflector({
      client: new ResourceClient(options.rest, resourceOf(options.guard.resource, true)),
      project: ({ metadata }) => ({ isOurs: metadata.labels?.[options.guard.label] !== undefined }),
      onChange: ({ type, key }) => {
        const namespace = key.slice(0, key.indexOf('/'));
        if (type === 'deleted') this.#namespaces.delete(namespace);
        else this.#namespaces.add(namespace);
        options.onProgress();
      },
      onError: options.onUnreadable,
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
    const unassigned = new Set(plan.waiting.map(({ namespace }) => namespace));
    for (const { namespace, nodes, carried } of plan.allocations) {
      // A node that is named may be gone, or the object may select something else by now; of several addresses another one may carry.
      const isBare = nodes.every((node) => node === null) || (!carried && nodes.length === 1);
      if (isBare) unassigned.add(namespace);
      else unassigned.delete(namespace);
    }
    for (const { namespace, reason } of plan.waiting)
      if (this.#options.guard.exceptions?.includes(reason.code) === true) unassigned.delete(namespace);
    const now = this.#options.clock.monotonic();
    let wake = Infinity;
    const due = (namespace: string): boolean => {
      const until = this.#failures.until(namespace);
      if (until > now) wake = Math.min(wake, until);
      return until <= now && !this.#busy.has(namespace) && this.#busy.size < mostAtOnce;
    };
    for (const namespace of unassigned)
      if (!this.#namespaces.has(namespace) && due(namespace)) void this.#write(namespace, () => this.#deny(namespace));
    for (const namespace of this.#namespaces)
      if (!unassigned.has(namespace) && this.#isOurs(namespace) && due(namespace))
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

  #isOurs(namespace: string): boolean {
    return this.#reflector.store.get(`${namespace}/${this.#options.guard.name}`)?.isOurs === true;
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

  async #deny(namespace: string): Promise<void> {
    const { bodies } = this.#options.guard;
    for (const [index, body] of bodies.entries()) {
      try {
        await this.#create(namespace, body);
        return;
      } catch (error) {
        // Somebody made one in the same moment: theirs stays, as it would if it had been there before.
        if (isAlreadyExists(error)) return;
        if (!isInvalid(error) || index === bodies.length - 1) throw error;
      }
    }
  }

  async #create(namespace: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    const { resource, name, label } = this.#options.guard;
    const object = { ...body, metadata: { namespace, name, labels: { [label]: 'unassigned' } } };
    this.#reflector.store.upsertFromResponse(
      await new ResourceClient(this.#options.writer, resourceOf(resource, true)).create(object),
    );
  }

  async #allow(namespace: string): Promise<void> {
    const { resource, name } = this.#options.guard;
    try {
      await new ResourceClient(this.#options.writer, resourceOf(resource, true)).delete({ namespace, name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.#namespaces.delete(namespace);
  }
}
