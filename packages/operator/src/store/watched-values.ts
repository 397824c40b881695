import { compareNames } from '@egressip-ipam/core/plugin';
import { Reflector, ResourceClient, type Resource, type RestClient } from '@egressip-ipam/kube';
import type { ReadingHooks } from './collection.ts';

/** What {@link WatchedValues} are made of. */
export interface WatchedValuesOptions<Value> extends Pick<ReadingHooks, 'onError' | 'onResumed' | 'onVanishing'> {
  readonly rest: RestClient;
  readonly resource: Resource;
  /** What of an object matters; most have nothing, and are not kept. Never throws. */
  readonly read: (object: unknown) => readonly Value[];
  /** By which the list is sorted. */
  readonly keyOf: (value: Value) => string;
  readonly onChange: () => void;
  /** Whether the operator is as ready while it reads them late, as by lists alone where a role lets nobody watch. */
  readonly mayBeLate?: true;
}

/** What the objects of a kind that is only read have for a plan, kept up to date by a watch. */
export class WatchedValues<Value> {
  readonly kind: string;
  readonly problems = [];
  readonly mayBeLate: boolean;
  readonly #reflector: Reflector<{ readonly values: readonly Value[] }>;
  readonly #keyOf: (value: Value) => string;
  #sequence = 0;
  #list: readonly Value[] | undefined;

  constructor(options: WatchedValuesOptions<Value>) {
    const { rest, resource, read, keyOf, onChange, onError, onResumed, onVanishing, mayBeLate } = options;
    this.kind = resource.kind;
    this.mayBeLate = mayBeLate === true;
    this.#keyOf = keyOf;
    this.#reflector = new Reflector({
      client: new ResourceClient(rest, resource),
      consistency: 'latest',
      project: (object) => {
        const values = read(object);
        return values.length === 0 ? undefined : { values };
      },
      onChange: () => {
        this.#sequence += 1;
        this.#list = undefined;
        onChange();
      },
      onError: (error, _retry, isRepeated) => onError(error, this.kind, isRepeated),
      onResumed: (milliseconds) => onResumed(this.kind, milliseconds),
      onVanishing: (vanishing) => onVanishing(this.kind, vanishing),
    });
  }

  get hasSynced(): boolean {
    return this.#reflector.hasSynced;
  }

  get failingSince(): number | undefined {
    return this.#reflector.failingSince;
  }

  get sequence(): number {
    return this.#sequence;
  }

  start(): void {
    this.#reflector.start();
  }

  stop(): Promise<void> {
    return this.#reflector.stop();
  }

  refresh(): Promise<void> {
    return this.#reflector.refresh();
  }

  /** Sorted; the same array while nothing changed. */
  list(): readonly Value[] {
    this.#list ??= [...this.#reflector.store.values()]
      .flatMap(({ values }) => values)
      .map((value) => [this.#keyOf(value), value] as const)
      .sort(([one], [other]) => compareNames(one, other))
      .map(([, value]) => value);
    return this.#list;
  }
}
