import { StatusError } from '../status-errors.ts';
import type { User } from './user.ts';
import { administrator } from './user.ts';

/**
 * Who a request comes from, by its bearer token.
 *
 * @param tokens the known tokens; undefined lets everyone in as an administrator
 * @throws StatusError 401
 */
export function authenticate(
  authorization: string | undefined,
  tokens: Readonly<Record<string, User>> | undefined,
): User {
  if (!tokens) return administrator;
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (token !== undefined && Object.hasOwn(tokens, token)) {
    const user = tokens[token];
    if (user) return user;
  }
  throw new StatusError(401, 'Unauthorized', 'Unauthorized');
}
