import type { Vanishing } from '@egressip-ipam/kube';
import type { Log } from '../log/log.ts';

/** Says that much of a kind is gone at once, and what came of it. */
export function tellVanishing(
  log: Log,
  kind: string,
  { outcome, missing, held, retryInMilliseconds }: Vanishing,
): void {
  const fields = { kind, missing, known: held };
  if (outcome === 'doubted')
    log.warn('a list lacks much of what is known; nothing is given up before it is read once more', {
      ...fields,
      retryInMilliseconds,
    });
  else
    log.warn(
      outcome === 'confirmed'
        ? 'a second list lacks it, too: it is taken for deleted'
        : 'a second list has it again: the first was wrong',
      fields,
    );
}
