import { ApiError } from './api-error.ts';
import { TransportError } from './transport-error.ts';

/** The object (or the resource) does not exist. */
export function isNotFound(error: unknown): boolean {
  return hasReason(error, 'NotFound', 404);
}

/** The object changed since it was read, or another field manager owns a field. */
export function isConflict(error: unknown): boolean {
  return hasReason(error, 'Conflict', 409);
}

/** A create found an object of that name. */
export function isAlreadyExists(error: unknown): boolean {
  return ApiError.isInstance(error) && error.reason === 'AlreadyExists';
}

/** The resourceVersion or continue token is too old: list again. Covers the reasons `Expired` and `Gone`. */
export function isExpired(error: unknown): boolean {
  return ApiError.isInstance(error) && (error.status === 410 || error.reason === 'Expired' || error.reason === 'Gone');
}

/** The resourceVersion is newer than what the server has: it lags, or was restored from a backup. */
export function isResourceVersionTooLarge(error: unknown): boolean {
  if (!ApiError.isInstance(error) || error.status !== 504) return false;
  return (
    error.details.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') === true ||
    error.serverMessage.includes('Too large resource version')
  );
}

/** The server asks to come back later (429). */
export function isTooManyRequests(error: unknown): boolean {
  return hasReason(error, 'TooManyRequests', 429);
}

/** The credentials are missing or not accepted (401). */
export function isUnauthorized(error: unknown): boolean {
  return hasReason(error, 'Unauthorized', 401);
}

/** The user is known and may not do this (403). */
export function isForbidden(error: unknown): boolean {
  return hasReason(error, 'Forbidden', 403);
}

/** The object breaks the schema or a validation rule (422). */
export function isInvalid(error: unknown): boolean {
  return hasReason(error, 'Invalid', 422);
}

/** No answer in time: the own deadline passed, or the server reported a timeout of its own. */
export function isTimeout(error: unknown): boolean {
  if (TransportError.isInstance(error)) return error.kind === 'timeout';
  return (
    ApiError.isInstance(error) &&
    (error.reason === 'Timeout' || error.reason === 'ServerTimeout' || error.status === 504)
  );
}

/**
 * May a write that failed this way have been applied after all? True when it was sent and not answered, and for
 * server errors, which can strike after the object was stored. False for everything the server refused.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  if (TransportError.isInstance(error)) return error.outcome === 'unknown';
  return ApiError.isInstance(error) && error.status >= 500;
}

// A Status names its reason; a proxy on the way may only give the HTTP status.
function hasReason(error: unknown, reason: string, status: number): boolean {
  return ApiError.isInstance(error) && (error.reason === reason || (error.reason === '' && error.status === status));
}
