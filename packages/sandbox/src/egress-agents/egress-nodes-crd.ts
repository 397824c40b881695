import type { CustomResourceDefinition } from '../crds/index.ts';

/** The kind that operator and agents talk through, without the rules that the real definition has. */
export const egressNodesCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'egressnodes.redhatcop.redhat.io' },
  spec: {
    group: 'redhatcop.redhat.io',
    scope: 'Cluster',
    names: { plural: 'egressnodes', singular: 'egressnode', kind: 'EgressNode', listKind: 'EgressNodeList' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
} as const satisfies CustomResourceDefinition;
