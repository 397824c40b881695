import type { Finding } from '@egressip-ipam/core';
import { printable } from '../output/printable.ts';
import { reasonOf } from '../output/reason-of.ts';
import type { Read } from '@egressip-ipam/core/plugin';
import {
  Reflector,
  ResourceClient,
  type KubernetesObject,
  type Resource,
  type RestClient,
  type StoreChange,
  type Vanishing,
} from '@egressip-ipam/kube';

/** What every entry of a snapshot's lists has. */
export interface Entry {
  readonly name: string;
  readonly unconfirmed?: readonly string[];
}

/** What a {@link Collection} tells of reading. */
export interface ReadingHooks {
  /** Something of a kind cannot be read; repeated: it was told so since reading went well. */
  readonly onError: (error: unknown, kind: string, isRepeated: boolean) => void;
  /** A kind can be read again, after so many milliseconds. */
  readonly onResumed: (kind: string, milliseconds: number) => void;
  /** A list of this kind lacks much of what is known. */
  readonly onVanishing: (kind: string, vanishing: Vanishing) => void;
}

interface Unconfirmed {
  readonly addresses: readonly string[];
  /** The version that the write asked for; once the object has another, the write can no longer come to pass. */
  readonly resourceVersion: string | undefined;
}

/** So many are named. */
const mostUnreadable = 10;
const longestReason = 500;

/** What a {@link Collection} is made of. */
export interface CollectionOptions<Slim extends Entry> extends ReadingHooks {
  readonly rest: RestClient;
  readonly resource: Resource;
  /** For a kind with namespaces: the one in which the objects are. */
  readonly namespace?: string;
  /** The one object of this name alone. */
  readonly name?: string;
  /** The cluster does not serve the kind, and that is no reason to wait: there are no objects, and none will come. */
  readonly isAbsent?: boolean;
  readonly read: (object: KubernetesObject) => Read<Slim>;
  /** Told of what no write of ours explains. */
  readonly onChange: () => void;
  readonly onDeleted?: (entry: Slim) => void;
}

/**
 * The cluster's objects of one kind as a snapshot has them: a list sorted by name in
 * which an entry stays the identical object until what matters of it changes.
 * Addresses of writes under way are laid over the entry of their object.
 */
export class Collection<Slim extends Entry> {
  readonly client: ResourceClient;
  readonly #options: CollectionOptions<Slim>;
  readonly #reflector: Reflector<Slim>;
  readonly #problems = new Map<string, readonly Finding[]>();
  readonly #unconfirmed = new Map<string, Unconfirmed>();
  /**
   * Addresses that writes of ours have given, until the network shows them: a write that has ended well is no doubt.
   */
  readonly #promised = new Map<string, readonly string[]>();
  readonly #overlaid = new Map<string, { readonly slim: Slim; readonly entry: Slim }>();
  /** Objects with a write of ours under way: what changes of them is taken to be that. */
  readonly #writing = new Set<string>();
  readonly #changedAt = new Map<string, number>();
  readonly #incarnations = new Map<string, number>();
  #names: string[] = [];
  #snapshot: readonly Slim[] | undefined;
  #sequence = 0;
  #lastDeletion = 0;

  constructor(options: CollectionOptions<Slim>) {
    const { rest, resource, namespace, name, read, onError, onResumed, onVanishing } = options;
    this.client = new ResourceClient(rest, resource);
    this.#options = options;
    this.#reflector = new Reflector<Slim>({
      client: this.client,
      consistency: 'latest',
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }),
      project: (object) => this.#project(object, read),
      onChange: (change) => this.#changed(change),
      onError: (error, _retry, isRepeated) => onError(error, this.kind, isRepeated),
      onResumed: (milliseconds) => onResumed(this.kind, milliseconds),
      onVanishing: (vanishing) => onVanishing(this.kind, vanishing),
    });
  }

  /** The kind of the objects. */
  get kind(): string {
    return this.client.resource.kind;
  }

  /** Whether everything has been read once. */
  get hasSynced(): boolean {
    return this.#options.isAbsent === true || this.#reflector.hasSynced;
  }

  /** Monotonic time, in milliseconds, since when nothing can be read; undefined while all is well. */
  get failingSince(): number | undefined {
    return this.#reflector.failingSince;
  }

  /** What is wrong in objects that were read. */
  get problems(): readonly Finding[] {
    return [...this.#problems.values(), this.#unreadable()].flat();
  }

  /** Why objects that are there do not count as they are: a network's reader is anybody's code. */
  get trouble(): string | undefined {
    const [first] = this.#unreadable();
    const count = this.#reflector.store.unreadable.size;
    if (first === undefined) return undefined;
    return `${first.object.kind} ${first.object.name} ${first.message}${count > 1 ? ` (and ${count - 1} more)` : ''}`;
  }

  #unreadable(): readonly Finding[] {
    return [...this.#reflector.store.unreadable].slice(0, mostUnreadable).map(([key, error]) => ({
      code: 'InvalidObject',
      severity: 'error',
      object: { kind: this.kind, name: this.#nameOf(key) },
      message: `cannot be read: ${printable(reasonOf(error).slice(0, longestReason))}; what was known of it before counts until it can`,
    }));
  }

  /** Counts changes; larger than before when anything changed. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Begins to watch. */
  start(): void {
    if (this.#options.isAbsent !== true) this.#reflector.start();
  }

  /** Stops watching. */
  stop(): Promise<void> {
    return this.#reflector.stop();
  }

  /** Reads the newest state; resolves when it is here. */
  refresh(): Promise<void> {
    return this.#options.isAbsent === true ? Promise.resolve() : this.#reflector.refresh();
  }

  /** The sorted list; the same array while nothing changed. */
  list(): readonly Slim[] {
    this.#snapshot ??= this.#names.map((name) => this.#entryOf(name)).filter((entry) => entry !== undefined);
    return this.#snapshot;
  }

  /**
   * Whether what matters of an object changed after a sequence number; of one that is not there, whether any was
   * deleted since.
   */
  changedSince(name: string, sequence: number): boolean {
    return (this.#changedAt.get(name) ?? this.#lastDeletion) > sequence;
  }

  /** Another number for each object of a name: one that was deleted and made again is another. */
  incarnationOf(name: string): number {
    return this.#incarnations.get(name) ?? 0;
  }

  /** Reads one object anew. */
  get(name: string): Promise<KubernetesObject> {
    const { namespace } = this.#options;
    return this.client.get({ name, ...(namespace === undefined ? {} : { namespace }) });
  }

  /** The version to write with. */
  resourceVersionOf(name: string): string | undefined {
    return this.#reflector.store.resourceVersionOf(this.#keyOf(name));
  }

  /**
   * A write begins. The addresses that it may put there are laid over the object until it is known what became of it.
   */
  begin(name: string, addresses: readonly string[]): void {
    this.#writing.add(name);
    if (addresses.length === 0) return;
    this.#unconfirmed.set(name, { addresses, resourceVersion: this.resourceVersionOf(name) });
    this.#overlaid.delete(name);
    this.#touch(name);
  }

  /**
   * Takes in the answer to a write, or a fresh look; returns whether nothing newer is known of the object.
   *
   * @throws Error when it cannot be read: what was written would be planned again, at once and without end
   */
  observe(object: KubernetesObject): boolean {
    const { name, resourceVersion } = object.metadata;
    this.#reflector.store.upsertFromResponse(object);
    this.settle(name, false);
    const { unreadable } = this.#reflector.store;
    const key = this.#keyOf(name);
    if (unreadable.has(key)) throw new Error(`what is there now cannot be read: ${reasonOf(unreadable.get(key))}`);
    return this.resourceVersionOf(name) === resourceVersion;
  }

  /** Takes the overlay off when the write is known to have ended, or can no longer come to pass. */
  settle(name: string, ended: boolean): void {
    const overlay = this.#unconfirmed.get(name);
    if (overlay === undefined || (!ended && overlay.resourceVersion === this.resourceVersionOf(name))) return;
    this.#unconfirmed.delete(name);
    this.#overlaid.delete(name);
    this.#touch(name);
  }

  /** A write has given addresses: they count as given, whatever else of the cluster may not show it yet. */
  promise(name: string, addresses: readonly string[]): void {
    this.#promised.set(name, addresses);
    this.#overlaid.delete(name);
    this.#snapshot = undefined;
  }

  /** The network shows what was given, or it is another's by now. */
  forgetPromises(isKept: (name: string) => boolean): void {
    for (const name of this.#promised.keys()) {
      if (isKept(name)) continue;
      this.#promised.delete(name);
      this.#overlaid.delete(name);
      this.#snapshot = undefined;
    }
  }

  /** A write has ended, in whatever way. */
  end(name: string): void {
    this.#writing.delete(name);
  }

  #project(object: KubernetesObject, read: (object: KubernetesObject) => Read<Slim>): Slim | undefined {
    const result = read(object);
    const { name } = object.metadata;
    if (result.problems.length > 0) this.#problems.set(name, result.problems);
    else this.#problems.delete(name);
    return result.ok ? result.value : undefined;
  }

  #changed(change: StoreChange<Slim>): void {
    const name = this.#nameOf(change.key);
    if (change.type === 'added') {
      this.#names.splice(this.#position(name), 0, name);
      this.#incarnations.set(name, this.#sequence);
    } else if (change.type === 'deleted') {
      this.#names.splice(this.#position(name), 1);
      this.#unconfirmed.delete(name);
      this.#promised.delete(name);
      this.#overlaid.delete(name);
      this.#problems.delete(name);
      this.#incarnations.delete(name);
      this.#options.onDeleted?.(change.previous);
    }
    this.settle(name, false);
    this.#touch(name);
    if (change.type !== 'deleted') return;
    // Nothing is kept of what is gone: names may come and go for as long as this process lives.
    this.#changedAt.delete(name);
    this.#lastDeletion = this.#sequence;
  }

  #touch(name: string): void {
    this.#sequence += 1;
    this.#changedAt.set(name, this.#sequence);
    this.#snapshot = undefined;
    if (!this.#writing.has(name)) this.#options.onChange();
  }

  /** One object as it is known now. */
  entry(name: string): Slim | undefined {
    return this.#entryOf(name);
  }

  #entryOf(name: string): Slim | undefined {
    const slim = this.#reflector.store.get(this.#keyOf(name));
    const addresses = this.#unconfirmed.get(name)?.addresses ?? this.#promised.get(name);
    if (slim === undefined || addresses === undefined) return slim;
    const known = this.#overlaid.get(name);
    if (known?.slim === slim) return known.entry;
    const entry = { ...slim, unconfirmed: addresses };
    this.#overlaid.set(name, { slim, entry });
    return entry;
  }

  /** Kinds with namespaces are read in one of them, so that a name is enough to everybody else. */
  #keyOf(name: string): string {
    const { namespace } = this.#options;
    return namespace === undefined ? name : `${namespace}/${name}`;
  }

  #nameOf(key: string): string {
    const { namespace } = this.#options;
    return namespace === undefined ? key : key.slice(namespace.length + 1);
  }

  #position(name: string): number {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#names[middle] ?? '') < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
