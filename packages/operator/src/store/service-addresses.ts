import { readServiceAddresses, type UsedAddress } from '@egressip-ipam/core';
import { Reflector, ResourceClient, type RestClient } from '@egressip-ipam/kube';
import { services } from '../network/resources.ts';

/** What of a Service matters. */
interface ServiceEntry {
  readonly used: readonly UsedAddress[];
}

/** The addresses of all Services, kept up to date by a watch. */
export class ServiceAddresses {
  readonly kind = services.kind;
  readonly problems = [];
  readonly #reflector: Reflector<ServiceEntry>;
  #sequence = 0;
  #list: readonly UsedAddress[] | undefined;

  constructor(rest: RestClient, onChange: () => void, onError: (error: unknown, kind: string) => void) {
    this.#reflector = new Reflector({
      client: new ResourceClient(rest, services),
      consistency: 'latest',
      // Most have none, and are not kept.
      project: (object) => entryOf(readServiceAddresses(object)),
      onChange: () => {
        this.#sequence += 1;
        this.#list = undefined;
        onChange();
      },
      onError: (error) => onError(error, this.kind),
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

  /** Sorted by address; the same array while nothing changed. */
  list(): readonly UsedAddress[] {
    this.#list ??= [...this.#reflector.store.values()]
      .flatMap(({ used }) => used)
      .sort((one, other) =>
        one.address < other.address ? -1 : one.address > other.address ? 1 : one.usedBy < other.usedBy ? -1 : 1,
      );
    return this.#list;
  }
}

function entryOf(used: readonly UsedAddress[]): ServiceEntry | undefined {
  return used.length === 0 ? undefined : { used };
}
