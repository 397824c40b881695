import { isRecord } from '../api-object.ts';
import type { RequestInfo } from '../request-info.ts';
import { notImplemented } from '../status-errors.ts';
import type { Authorizer } from './authorize.ts';
import type { User } from './user.ts';

/** Whether a request creates a review: it is answered, and nothing is stored. */
export const isReview = (info: RequestInfo): boolean =>
  info.isResource &&
  info.verb === 'create' &&
  ((info.group === 'authentication.k8s.io' && info.resource === 'tokenreviews') ||
    (info.group === 'authorization.k8s.io' && info.resource === 'subjectaccessreviews'));

/**
 * Answers a TokenReview or a SubjectAccessReview for a path that is no resource.
 *
 * @throws StatusError 501 for rights to resources
 */
export function answerReview(
  review: unknown,
  tokens: Readonly<Record<string, User>> | undefined,
  authorize: Authorizer | undefined,
): object {
  const { kind, spec } = isRecord(review) ? review : {};
  const asked = isRecord(spec) ? spec : {};
  const status = kind === 'TokenReview' ? reviewToken(asked['token'], tokens) : reviewAccess(asked, authorize);
  return { ...(isRecord(review) ? review : {}), status };
}

function reviewToken(token: unknown, tokens: Readonly<Record<string, User>> = {}): object {
  const user = typeof token === 'string' && Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  if (user === undefined) return { authenticated: false, user: {}, error: 'invalid bearer token' };
  return { authenticated: true, user: { username: user.user, groups: [...user.groups, 'system:authenticated'] } };
}

function reviewAccess(spec: Readonly<Record<string, unknown>>, authorize: Authorizer | undefined): object {
  const { nonResourceAttributes: attributes, user, groups } = spec;
  if (!isRecord(attributes)) throw notImplemented('reviews of rights to resources');
  const decision = authorize?.({
    isResource: false,
    verb: String(attributes['verb']),
    path: String(attributes['path']),
    user: String(user),
    groups: Array.isArray(groups) ? groups.map(String) : [],
  });
  return { allowed: decision === undefined || decision === true };
}
