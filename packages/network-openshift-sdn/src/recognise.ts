import { type Certainty, type ClusterEvidence, type Recognition } from '@egressip-ipam/core';
import { isAnyAnnounced } from '@egressip-ipam/core/plugin';

/**
 * OpenShift SDN is there where the cluster says so, or else by its HostSubnets; they outlive a migration to another
 * network.
 */
export function recognise({ announced, served, nodes }: ClusterEvidence): Recognition {
  return {
    certainty: certaintyOf(announced, served.get('hostsubnets.network.openshift.io')?.isUsed),
    ...attachment(nodes),
  };
}

function certaintyOf(announced: string | undefined, isUsed: boolean | undefined): Certainty {
  if (announced === 'OpenShiftSDN') return 'announced';
  return isUsed === undefined ? 'absent' : isUsed ? 'used' : 'served';
}

/**
 * OpenShift 4.10 and later, once the cluster's own controller has come to the nodes: nobody else writes what it
 * announces there. Files have none of its objects before there is an egress IP.
 */
function attachment(nodes: ClusterEvidence['nodes']): Pick<Recognition, 'clusterAttaches'> {
  return isAnyAnnounced(nodes) ? { clusterAttaches: 'at-work' } : {};
}
