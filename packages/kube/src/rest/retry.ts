import { ApiError } from '../errors/api-error.ts';
import { TransportError } from '../errors/transport-error.ts';
import type { Method } from './request.ts';

// client-go's limit (rest.WithRetry).
const maxRetries = 10;

/** What was tried so far. */
export interface RetryState {
  readonly method: Method;
  retries: number;
  refreshedCredentials: boolean;
}

/** Milliseconds to wait before the request is tried again, or undefined when it must not be. */
export function retryDelay(error: unknown, { method, retries, refreshedCredentials }: RetryState): number | undefined {
  if (retries >= maxRetries) return undefined;
  if (TransportError.isInstance(error)) {
    // Like client-go: a broken connection is no answer, and a read may be asked twice.
    return method === 'GET' && error.kind === 'reset' ? retries && 1000 : undefined;
  }
  if (!ApiError.isInstance(error)) return undefined;
  if (error.status === 401) return refreshedCredentials ? undefined : 0;
  if (error.status === 429) return (error.retryAfterSeconds ?? 1) * 1000;
  if (error.status >= 500 && error.retryAfterSeconds !== undefined) return error.retryAfterSeconds * 1000;
  return undefined;
}
