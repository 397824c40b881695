import type { Resource } from '@egressip-ipam/kube';
import { egressIPAMs } from '../network/resources.ts';
import { cloudPrivateIPConfigs, egressIPs, hostSubnets, netNamespaces } from './resources.ts';

/** The kinds of the trial's cluster, without the schemas of the real ones: nobody but this program writes there. */
export const trialKinds = {
  'openshift-sdn': [egressIPAMs, hostSubnets, netNamespaces],
  'ovn-kubernetes': [egressIPAMs, egressIPs, cloudPrivateIPConfigs],
} as const;

/** The networks that the trial can show. */
export type TrialNetwork = keyof typeof trialKinds;

/** A CustomResourceDefinition that takes anything. */
export function openCrd({ group, version, plural, kind }: Resource): Readonly<Record<string, unknown>> {
  const hasStatus = plural === egressIPAMs.plural || plural === cloudPrivateIPConfigs.plural;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Cluster',
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
