import { annotationPrefix } from '@egressip-ipam/core';

/** The label that OVN-Kubernetes wants on nodes that may carry egress addresses; whatever its value. */
export const egressAssignableLabel = 'k8s.ovn.org/egress-assignable';

/** On a node: this project set the label {@link egressAssignableLabel}. */
export const labelledByUsAnnotation = `${annotationPrefix}/egress-assignable`;

/** On an EgressIP of ours: when we asked the network to look at it again, `FIRST/LAST` of a row of times, RFC 3339. */
export const touchedAnnotation = `${annotationPrefix}/touched`;

/** On an EgressIP: the mark that OVN-Kubernetes gave it, a number that no two may have. */
export const markAnnotation = 'k8s.ovn.org/egressip-mark';

/** The label that every namespace has, with its name. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name';

const namePrefix = 'egressip-';

/** The name of a namespace's EgressIP: the one that the migration from OpenShift SDN gives. */
export function egressIPName(namespace: string): string {
  return `${namePrefix}${namespace}`;
}

/** Whether a name is the one of a namespace's EgressIP. */
export function isNameFor(name: string, namespace: string): boolean {
  return (
    name.length === namePrefix.length + namespace.length && name.startsWith(namePrefix) && name.endsWith(namespace)
  );
}

/** The namespace that the name of an EgressIP says; undefined where it says none. */
export function namespaceOfName(name: string): string | undefined {
  return name.startsWith(namePrefix) ? name.slice(namePrefix.length) : undefined;
}
