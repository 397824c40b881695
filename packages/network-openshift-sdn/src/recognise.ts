import { type Certainty, type ClusterEvidence, type Recognition } from '@egressip-ipam/core';
import { isAnyAnnounced } from '@egressip-ipam/core/plugin';

/**
 * OpenShift SDN is there where the cluster says so, or else by its HostSubnets; they outlive a migration to another
 * network.
 */
export function recognise({ announced, served, nodes }: ClusterEvidence): Recognition {
  return {
    certainty: certaintyOf(announced, served.get('hostsubnets.network.openshift.io')?.isUsed),
    ...attachment(served, nodes),
  };
}

function certaintyOf(announced: string | undefined, isUsed: boolean | undefined): Certainty {
  if (announced === 'OpenShiftSDN') return 'announced';
  return isUsed === undefined ? 'absent' : isUsed ? 'used' : 'served';
}

/** OpenShift 4.10 and later, once the cluster's own controller has come to the nodes. */
function attachment(
  served: ClusterEvidence['served'],
  nodes: ClusterEvidence['nodes'],
): Pick<Recognition, 'clusterAttaches'> {
  const isServed = served.has('cloudprivateipconfigs.cloud.network.openshift.io');
  const isAtWork = isServed && isAnyAnnounced(nodes);
  return isAtWork ? { clusterAttaches: 'at-work' } : {};
}
