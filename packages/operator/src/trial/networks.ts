import type { TrialNetworkName } from '@egressip-ipam/sandbox';

/** The networks that the trial can show; unless told otherwise it shows the first. */
export const trialNetworks = [
  'openshift-sdn',
  'ovn-kubernetes',
  'cilium',
  'antrea',
] as const satisfies TrialNetworkName[];
