import type { KubernetesObject, Resource } from '@egressip-ipam/kube';
import { egressIPAMs } from '../network/resources.ts';

/** A CustomResourceDefinition that takes anything. */
export function openCrd({ group, version, plural, kind, namespaced }: Resource): KubernetesObject {
  const hasStatus = plural === egressIPAMs.plural;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          ...(hasStatus ? { subresources: { status: {} } } : {}),
        },
      ],
    },
  };
}
