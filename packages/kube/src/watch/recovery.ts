import { ApiError } from '../errors/api-error.ts';
import { isExpired, isNotFound, isResourceVersionTooLarge } from '../errors/predicates.ts';
import { TransportError } from '../errors/transport-error.ts';
import type { Backoff } from './backoff.ts';

/** What a reflector does next: goes on watching where it was, or lists, from the server's cache or the newest state. */
export type Next = 'watch' | 'list' | 'list-newest';

/** Milliseconds: with the server away for network reasons nothing is gained by waiting long. */
export const networkBackoffCap = 4_000;
/** What is not served costs the server next to nothing; it is wanted at once when its definition is there again. */
const unservedBackoffCap = 2_000;
// A server in trouble is given time.
const serverBackoffCap = 30_000;
/** Seconds: a server that asks to be left alone for a day is asked again all the same. */
const longestRetryAfter = 300;

/**
 * What helps after a failure, and whether it is tried without a pause.
 *
 * @param attempted what failed
 * @param hasExpiredBefore whether the watch before this one was too old as well, and nothing came since
 */
export function nextAfter(
  error: unknown,
  attempted: Next,
  hasExpiredBefore: boolean,
): { readonly next: Next; readonly isAtOnce: boolean } {
  if (isVersionUnknown(error)) {
    // The watch is too far behind; a list at the last version returns something at least as new. Where that is too
    // old to watch as well, only the newest state helps, and not without a pause.
    if (attempted === 'watch')
      return {
        next: hasExpiredBefore || isResourceVersionTooLarge(error) ? 'list-newest' : 'list',
        isAtOnce: !hasExpiredBefore,
      };
    if (attempted === 'list') return { next: 'list-newest', isAtOnce: true };
  }
  // A refusal (403, a CRD that went away) says that the state may be quite another when it ends; of an event that
  // makes no sense nobody knows what it would have told.
  const isInDoubt = attempted === 'watch' && (isRefusal(error) || isNonsense(error));
  return { next: isInDoubt ? 'list' : attempted, isAtOnce: false };
}

/** The server has no such version any more, or none yet. */
export function isVersionUnknown(error: unknown): boolean {
  return isExpired(error) || isResourceVersionTooLarge(error);
}

/** Milliseconds to wait after a failure: longer each time, and as long as the server asks for, within limits. */
export function pauseAfter(error: unknown, backoff: Backoff): number {
  if (!ApiError.isInstance(error)) return backoff.next(isNonsense(error) ? serverBackoffCap : networkBackoffCap);
  const cap = isNotFound(error) ? unservedBackoffCap : serverBackoffCap;
  return Math.max(backoff.next(cap), Math.min(longestRetryAfter, error.retryAfterSeconds ?? 0) * 1000);
}

/** Only a refresh breaks off without the reflector being stopped; a network found dead is no abort. */
export function isRefresh(error: unknown): boolean {
  return TransportError.isInstance(error) && error.kind === 'aborted';
}

function isRefusal(error: unknown): boolean {
  return ApiError.isInstance(error) && error.status < 500 && error.status !== 429;
}

function isNonsense(error: unknown): boolean {
  return TransportError.isInstance(error) && (error.kind === 'protocol' || error.kind === 'too-large');
}
