import { parseAllDocuments } from 'yaml';
import { isRecord } from '../api-object.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Authorizer } from './authorize.ts';

/** One rule of a ClusterRole or Role. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly verbs: readonly string[];
  readonly nonResourceURLs: readonly string[];
  /** The namespace of a Role; undefined for a rule that holds everywhere. */
  readonly namespace: string | undefined;
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** The rules of every ClusterRole and Role in a text of YAML documents; other kinds are passed over. */
export function parseRoles(text: string): PolicyRule[] {
  return parseAllDocuments(text).flatMap((document) => {
    const role: unknown = document.toJS();
    if (!isRecord(role) || !['ClusterRole', 'Role'].includes(String(role['kind'])) || !Array.isArray(role['rules']))
      return [];
    const metadata = isRecord(role['metadata']) ? role['metadata'] : {};
    const namespace = role['kind'] === 'Role' ? String(metadata['namespace'] ?? 'default') : undefined;
    return role['rules'].filter(isRecord).map((rule) => ({
      apiGroups: strings(rule['apiGroups']),
      resources: strings(rule['resources']),
      resourceNames: strings(rule['resourceNames']),
      verbs: strings(rule['verbs']),
      nonResourceURLs: strings(rule['nonResourceURLs']),
      namespace,
    }));
  });
}

/** Whether a rule allows a request. Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
export function ruleAllows(rule: PolicyRule, request: RequestInfo): boolean {
  const has = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);
  if (!has(rule.verbs, request.verb)) return false;
  if (!request.isResource) {
    return rule.nonResourceURLs.some((url) =>
      url.endsWith('*') ? request.path.startsWith(url.slice(0, -1)) : url === request.path,
    );
  }
  const { group, resource, subresource, name, namespace } = request;
  const full = subresource ? `${resource}/${subresource}` : resource;
  return (
    (rule.namespace === undefined || rule.namespace === namespace) &&
    has(rule.apiGroups, group) &&
    (has(rule.resources, full) || (subresource !== '' && rule.resources.includes(`*/${subresource}`))) &&
    // A create or a list names nothing, so a rule for names never allows it.
    (rule.resourceNames.length === 0 || (name !== '' && rule.resourceNames.includes(name)))
  );
}

/**
 * An authoriser that gives each user the rules of their roles and nothing else. Members of `system:masters` may do
 * everything, as in Kubernetes.
 *
 * @param rolesByUser YAML of ClusterRoles and Roles, by user name; bindings are not looked at
 */
export function rbacAuthorizer(rolesByUser: Readonly<Record<string, string>>): Authorizer {
  const rules = new Map(Object.entries(rolesByUser).map(([user, roles]) => [user, parseRoles(roles)]));
  return (request) =>
    request.groups.includes('system:masters') ||
    (rules.get(request.user) ?? []).some((rule) => ruleAllows(rule, request));
}
