import type { Clock, ClockTimer } from '@egressip-ipam/kube';
import type { Log } from '../log/log.ts';

/** Milliseconds between two looks. */
const pause = 60_000;

/** What is told of the choice of a provider while one is at work. */
export interface OtherProviderOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly ended: AbortSignal;
  /** The provider that is at work. */
  readonly title: string;
  /** The one that would be chosen now. */
  readonly titleByNow: () => Promise<string>;
}

/**
 * Tells once that another provider would be chosen by now: agents came after the operator, say. It is not changed under
 * a running operator: addresses would move for it, and when that may be is not for us to say.
 */
export function tellOtherProvider({ clock, log, ended, title, titleByNow }: OtherProviderOptions): void {
  let timer: ClockTimer | undefined;
  const look = async (): Promise<void> => {
    // What cannot be read is told elsewhere.
    const now = await titleByNow().catch(() => title);
    if (ended.aborted) return;
    if (now === title) lookLater();
    else
      log.warn('another provider would be chosen by now: restart the operator to have it, or name one', {
        provider: title,
        now,
      });
  };
  const lookLater = (): void => {
    timer = clock.setTimeout(() => void look(), pause);
  };
  ended.addEventListener('abort', () => timer?.cancel(), { once: true });
  lookLater();
}
