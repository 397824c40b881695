import { egressIPConfigAnnotation, type Certainty, type ClusterEvidence, type Recognition } from '@egressip-ipam/core';

/** OpenShift SDN is there where the cluster says so, or else by its HostSubnets; they outlive a migration to another network. */
export function recognise({ announced, served, nodes }: ClusterEvidence): Recognition {
  return {
    certainty: certaintyOf(announced, served.get('hostsubnets.network.openshift.io')?.isUsed),
    // OpenShift 4.10 and later, where its controller has come to the nodes.
    clusterAttaches:
      served.has('cloudprivateipconfigs.cloud.network.openshift.io') &&
      nodes.some(({ annotations = {} }) => egressIPConfigAnnotation in annotations),
  };
}

function certaintyOf(announced: string | undefined, isUsed: boolean | undefined): Certainty {
  if (announced === 'OpenShiftSDN') return 'announced';
  return isUsed === undefined ? 'absent' : isUsed ? 'used' : 'served';
}
