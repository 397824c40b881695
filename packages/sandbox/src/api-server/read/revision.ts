import { badRequest, StatusError } from '../status-errors.ts';

/**
 * Reads a resourceVersion from a query: undefined when there is none.
 *
 * @throws StatusError 400 when it is not a number
 */
export function parseRevision(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    throw badRequest(`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: not a number`);
  }
  return Number(text);
}

/** 504 for a revision that has not happened yet. */
export const tooLargeRevision = (asked: number, current: number): StatusError =>
  new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
