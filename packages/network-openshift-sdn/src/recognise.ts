import type { Certainty, ClusterEvidence, Recognition } from '@egressip-ipam/core';

/** OpenShift SDN is there where the cluster says so, or else by its HostSubnets; they outlive a migration to another network. */
export function recognise({ announced, served }: ClusterEvidence): Recognition {
  return { certainty: certaintyOf(announced, served.get('hostsubnets.network.openshift.io')?.isUsed) };
}

function certaintyOf(announced: string | undefined, isUsed: boolean | undefined): Certainty {
  if (announced === 'OpenShiftSDN') return 'announced';
  return isUsed === undefined ? 'absent' : isUsed ? 'used' : 'served';
}
