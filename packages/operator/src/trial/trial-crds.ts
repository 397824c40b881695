import type { Resource } from '@egressip-ipam/kube';
import { egressNodesCrd, networkCrds } from '@egressip-ipam/sandbox';
import { egressIPAMs } from '../network/resources.ts';

/** The networks' kinds in the trial's cluster. */
export const trialCrds = {
  'openshift-sdn': [networkCrds.hostsubnets, networkCrds.netnamespaces],
  'ovn-kubernetes': [networkCrds.egressips, networkCrds.cloudprivateipconfigs],
  cilium: [networkCrds.ciliumegressgatewaypolicies, egressNodesCrd],
  antrea: [networkCrds.egresses, networkCrds.externalippools],
} as const;

/** The networks that the trial can show. */
export type TrialNetwork = keyof typeof trialCrds;

/** A CustomResourceDefinition that takes anything. */
export function openCrd({ group, version, plural, kind }: Resource): Readonly<Record<string, unknown>> {
  const hasStatus = plural === egressIPAMs.plural;
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
