import type { RequestInfo } from '../request-info.ts';
import { forbidden, StatusError } from '../status-errors.ts';
import type { User } from './user.ts';

/** Decides about a request: true lets it pass, anything else refuses it, a string with that reason. */
export type Authorizer = (request: RequestInfo & User) => boolean | string;

/**
 * Refuses what the authoriser does not allow.
 *
 * @throws StatusError 403 in Kubernetes' words
 */
export function assertAuthorized(authorize: Authorizer | undefined, info: RequestInfo, user: User): void {
  const decision = authorize?.({ ...info, ...user }) ?? true;
  if (decision === true) return;
  const because = typeof decision === 'string' && decision ? `: ${decision}` : '';
  const who = `User "${user.user}" cannot ${info.verb}`;
  if (!info.isResource) {
    throw new StatusError(403, 'Forbidden', `forbidden: ${who} path "${info.path}"${because}`, {});
  }
  const { group, resource, subresource, namespace, name } = info;
  const full = subresource ? `${resource}/${subresource}` : resource;
  const scope = namespace && resource !== 'namespaces' ? `in the namespace "${namespace}"` : 'at the cluster scope';
  throw forbidden(
    { group, plural: resource },
    name,
    `${who} resource "${full}" in API group "${group}" ${scope}${because}`,
  );
}
