import { annotationPrefix } from '@egressip-ipam/core';

/** The label by which a policy selects pods of one namespace; Cilium's agent sets it over whatever a pod claims. */
export const podNamespaceLabel = 'io.kubernetes.pod.namespace';

/** The label of nodes by which a policy selects one; it may differ from the node's name. */
export const hostnameLabel = 'kubernetes.io/hostname';

/** On a policy of ours: the start of each gateway's machine that it was written for, `NODE=BOOTID,…`. */
export const bootsAnnotation = `${annotationPrefix}/boots`;

/**
 * On a policy of ours: how often a node had lost an address that it has again, `2`; with a question mark while it has
 * not. Cilium's agents do not notice that an address is back; that this text changes makes them look.
 */
export const looksAnnotation = `${annotationPrefix}/looks`;

/**
 * On a policy of ours: addresses of the namespace that no gateway carries now, and the node whose interface has each:
 * `IP=NODE,IP,…`.
 */
export const reserveAnnotation = `${annotationPrefix}/reserve`;

/** All destinations of a family. */
export const allDestinations = { 4: '0.0.0.0/0', 6: '::/0' } as const;

/** The name of our policy for a namespace and a family. Namespaces have no dots, so that no two meet in one name. */
export function policyName(namespace: string, family: 4 | 6): string {
  return `egressip-ipam.ipv${family}.${namespace}`;
}

/** What the name of a policy says: its namespace and family; undefined where it is not one that we give. */
export function policySubject(name: string): { readonly namespace: string; readonly family: 4 | 6 } | undefined {
  const [, family, namespace] = /^egressip-ipam\.ipv([46])\.([a-z0-9-]+)$/.exec(name) ?? [];
  return namespace === undefined ? undefined : { namespace, family: family === '4' ? 4 : 6 };
}
