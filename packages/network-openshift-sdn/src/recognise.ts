import { type Certainty, type ClusterEvidence, type Recognition } from '@egressip-ipam/core';
import { isAnyAnnounced } from '@egressip-ipam/core/plugin';

/**
 * OpenShift SDN is there where the cluster says so, or else by its HostSubnets; they outlive a migration to another
 * network.
 */
export function recognise(evidence: ClusterEvidence): Recognition {
  const { announced, served } = evidence;
  return {
    certainty: certaintyOf(announced, served.get('hostsubnets.network.openshift.io')?.isUsed),
    ...attachment(evidence),
  };
}

function certaintyOf(announced: string | undefined, isUsed: boolean | undefined): Certainty {
  if (announced === 'OpenShiftSDN') return 'announced';
  return isUsed === undefined ? 'absent' : isUsed ? 'used' : 'served';
}

/**
 * OpenShift 4.10 and later, once the cluster's own controller has come to the nodes. Files have none of its objects
 * before there is an egress IP.
 */
function attachment({ served, isOfFiles, nodes }: ClusterEvidence): Pick<Recognition, 'clusterAttaches'> {
  const isServed = isOfFiles === true || served.has('cloudprivateipconfigs.cloud.network.openshift.io');
  return isServed && isAnyAnnounced(nodes) ? { clusterAttaches: 'at-work' } : {};
}
