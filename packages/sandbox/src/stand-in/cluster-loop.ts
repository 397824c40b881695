import { Reflector, ResourceClient, type KubernetesObject, type Resource, type RestClient } from '@egressip-ipam/kube';

const retryMilliseconds = 200;

/** What a {@link ClusterLoop} follows and does. */
export interface ClusterLoopOptions<Kind extends string> {
  readonly rest: RestClient;
  /** What is followed; a kind left out must not be asked for. */
  readonly resources: Readonly<Partial<Record<Kind, Resource>>>;
  /** Milliseconds by which changes are gathered before a pass. Default 10. */
  readonly delay?: number;
  /** One pass over the whole cluster; what it throws is reported and the pass repeated. */
  readonly pass: (loop: ClusterLoop<Kind>) => Promise<void>;
  /** Told of failed passes. */
  readonly onError?: (error: unknown) => void;
}

/** A running stand-in of a cluster's component. */
export interface StandIn {
  /** Ends it; resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** A level-triggered controller: one pass at a time over all objects of some kinds, after any change of them. */
export class ClusterLoop<Kind extends string> implements StandIn {
  readonly #options: ClusterLoopOptions<Kind>;
  readonly #clients = new Map<Kind, ResourceClient>();
  readonly #reflectors = new Map<Kind, Reflector<KubernetesObject>>();
  /** The sorted lists of kinds that have not changed since they were asked for. */
  readonly #lists = new Map<Kind, readonly KubernetesObject[]>();
  #timer: NodeJS.Timeout | undefined;
  #passing: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(options: ClusterLoopOptions<Kind>) {
    this.#options = options;
    // Object.entries forgets that the keys are kinds.
    for (const [kind, resource] of Object.entries(options.resources) as [Kind, Resource][]) {
      const client = new ResourceClient(options.rest, resource);
      this.#clients.set(kind, client);
      this.#reflectors.set(
        kind,
        new Reflector({ client, project: withoutManagedFields, onChange: () => this.#changed(kind) }),
      );
    }
  }

  /** Begins to watch; resolves when every kind was listed once. */
  async start(): Promise<void> {
    for (const reflector of this.#reflectors.values()) reflector.start();
    await Promise.all([...this.#reflectors.values()].map((reflector) => reflector.whenSynced()));
    this.trigger();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await Promise.all([...this.#reflectors.values()].map((reflector) => reflector.stop()));
    await this.#passing;
  }

  /** Asks for a pass after so many milliseconds. */
  trigger(delay: number = this.#options.delay ?? 10): void {
    if (this.#stopped) return;
    if (this.#passing) {
      this.#again = true;
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#passing = this.#pass().then((retryDelay) => {
        this.#passing = undefined;
        if (this.#again || retryDelay !== undefined) this.trigger(retryDelay);
        this.#again = false;
      });
    }, delay);
  }

  /** All objects of a kind, oldest first, then by name. */
  list(kind: Kind): readonly KubernetesObject[] {
    let list = this.#lists.get(kind);
    if (!list) this.#lists.set(kind, (list = [...this.#reflector(kind).store.values()].sort(byAge)));
    return list;
  }

  client(kind: Kind): ResourceClient {
    const client = this.#clients.get(kind);
    if (!client) throw new TypeError(`this loop does not follow ${kind}`);
    return client;
  }

  /** Takes in the answer to a write, so that the next pass sees it before its watch event. */
  async written(kind: Kind, write: Promise<KubernetesObject>): Promise<KubernetesObject> {
    const object = await write;
    this.#reflector(kind).store.upsertFromResponse(object);
    return object;
  }

  #changed(kind: Kind): void {
    this.#lists.delete(kind);
    this.trigger();
  }

  #reflector(kind: Kind): Reflector<KubernetesObject> {
    const reflector = this.#reflectors.get(kind);
    if (!reflector) throw new TypeError(`this loop does not follow ${kind}`);
    return reflector;
  }

  /** @returns after how many milliseconds to try again, if the pass failed */
  async #pass(): Promise<number | undefined> {
    const isSynced = [...this.#reflectors.values()].every(({ hasSynced }) => hasSynced);
    if (!isSynced || this.#stopped) return undefined;
    try {
      await this.#options.pass(this);
      return undefined;
    } catch (error) {
      if (!this.#stopped) this.#options.onError?.(error);
      return retryMilliseconds;
    }
  }
}

function withoutManagedFields(object: KubernetesObject): KubernetesObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function byAge({ metadata: left }: KubernetesObject, { metadata: right }: KubernetesObject): number {
  const { creationTimestamp: a = '' } = left;
  const { creationTimestamp: b = '' } = right;
  return a === b ? (left.name < right.name ? -1 : 1) : a < b ? -1 : 1;
}
