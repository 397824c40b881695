import type { Clock } from '@egressip-ipam/kube';
import type { Log } from '../log/log.ts';
import { reasonOf } from '../output/reason-of.ts';
import type { ClusterStore } from '../store/cluster-store.ts';
import type { Metrics } from './metrics.ts';
import type { Reporter } from './reporter.ts';
import { UnknownWatch } from './unknown.ts';

/** What {@link watchUnknown} works with. */
export interface WatchUnknownOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'knowsState'> | undefined;
  readonly store: Pick<ClusterStore, 'collections' | 'egressIPAMs'>;
  readonly reporter: Pick<Reporter, 'noteUnknown' | 'writeUnknown'>;
  /** Why no plan can be made; undefined while plans are. */
  readonly trouble: () => string | undefined;
  /** Called when it is known again how EgressIPAMs are. */
  readonly onKnown: () => void;
}

/** Says in conditions, log and metrics when nobody can tell any more how EgressIPAMs are, and when somebody can. */
export function watchUnknown(options: WatchUnknownOptions): Pick<UnknownWatch, 'look' | 'stop'> {
  const { clock, log, metrics, store, reporter, trouble, onKnown } = options;
  const names = (): readonly string[] =>
    store.egressIPAMs.list().flatMap(({ name, deletedAt }) => (deletedAt === undefined ? [name] : []));
  const watch = new UnknownWatch({
    clock,
    trouble,
    collections: store.collections,
    onChange: (unknown) => {
      reporter.noteUnknown(unknown);
      metrics?.knowsState(unknown === undefined);
      if (unknown !== undefined)
        return log.error('how EgressIPAMs are is not known any more, and their conditions say so', {
          reason: unknown.message,
        });
      log.info('how EgressIPAMs are is known again');
      onKnown();
    },
    onUnknown: (unknown) =>
      void reporter
        .writeUnknown(unknown, names(), new Date(clock.now()).toISOString())
        .catch((error: unknown) => log.warn('a status cannot be written', { reason: reasonOf(error) })),
  });
  watch.look();
  return watch;
}
