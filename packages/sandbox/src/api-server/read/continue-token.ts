import { isRecord } from '../api-object.ts';
import { badRequest } from '../status-errors.ts';

/** Where the next page of a list begins: after a key, at the revision of the first page. */
export interface ContinueToken {
  readonly revision: number;
  readonly after: string;
}

/** The token as text; opaque to clients. */
export const formatContinueToken = ({ revision, after }: ContinueToken): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString('base64url');

/**
 * Reads a token that {@link formatContinueToken} wrote.
 *
 * @throws StatusError 400 for anything else
 */
export function parseContinueToken(text: string): ContinueToken {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (isRecord(token) && typeof token['rv'] === 'number' && typeof token['start'] === 'string') {
      return { revision: token['rv'], after: token['start'] };
    }
  } catch {
    // Answered below, like a token of another form.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}
