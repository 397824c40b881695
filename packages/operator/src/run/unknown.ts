import type { Clock, ClockTimer } from '@egressip-ipam/kube';
import type { ReadCollection } from '../store/cluster-store.ts';

/** Why nobody can tell how EgressIPAMs are. */
export interface Unknown {
  /** The reason of their conditions. */
  readonly reason: 'NotRead' | 'NotPlanned';
  readonly message: string;
}

/** What an {@link UnknownWatch} works with. */
export interface UnknownWatchOptions {
  readonly clock: Clock;
  readonly collections: readonly Pick<ReadCollection, 'kind' | 'hasSynced' | 'failingSince' | 'mayBeLate'>[];
  /** Why no plan can be made; undefined while plans are. */
  readonly trouble: () => string | undefined;
  /** Nobody can tell any more, or it is known again. */
  readonly onChange: (unknown: Unknown | undefined) => void;
  /** Called every few seconds for as long as nobody can tell. */
  readonly onUnknown: (unknown: Unknown) => void;
}

/** API servers that restart and plug-ins that stumble are back by then, and no alert is sooner. */
const patience = 60_000;
const period = 5_000;

/** Notices that for a while nothing could be known of the cluster: what was written last may be true no more. */
export class UnknownWatch {
  readonly #options: UnknownWatchOptions;
  #timer: ClockTimer | undefined;
  /** Since when, in milliseconds, there is a cause, whichever. */
  #since: number | undefined;
  #unknown: Unknown | undefined;

  constructor(options: UnknownWatchOptions) {
    this.#options = options;
  }

  /** Looks, now and every few seconds from then on. */
  look(): void {
    const { clock, onChange, onUnknown } = this.#options;
    this.#timer?.cancel();
    this.#timer = clock.setTimeout(() => this.look(), period);
    const unknown = this.#now(this.#cause());
    if (unknown !== this.#unknown) onChange((this.#unknown = unknown));
    if (unknown !== undefined) onUnknown(unknown);
  }

  /** Looks no more. */
  stop(): void {
    this.#timer?.cancel();
  }

  #now(cause: Unknown | undefined): Unknown | undefined {
    const now = this.#options.clock.monotonic();
    this.#since = cause === undefined ? undefined : (this.#since ?? now);
    if (this.#since === undefined || now - this.#since < patience) return undefined;
    // A plug-in may say something else every time: the first of it stands, and is written once.
    return cause?.reason === this.#unknown?.reason ? this.#unknown : cause;
  }

  #cause(): Unknown | undefined {
    const { collections, trouble } = this.#options;
    const unread = collections.filter(
      ({ hasSynced, failingSince, mayBeLate }) => !hasSynced || (failingSince !== undefined && mayBeLate !== true),
    );
    if (unread.length > 0) {
      const kinds = unread.map(({ kind }) => kind).join(', ');
      return { reason: 'NotRead', message: `the API server does not let these be read: ${kinds}` };
    }
    const reason = trouble();
    return reason === undefined ? undefined : { reason: 'NotPlanned', message: reason };
  }
}
