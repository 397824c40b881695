import { antreaTrial } from '../antrea/trial.ts';
import { ciliumTrial } from '../cilium/trial.ts';
import { ovnKubernetesTrial } from '../ovn-kubernetes/trial.ts';
import { sdnTrial } from '../sdn-master/trial.ts';

/** The networks that can be tried, by the names of their back ends. */
export const trialNetworks = {
  'openshift-sdn': sdnTrial,
  'ovn-kubernetes': ovnKubernetesTrial,
  cilium: ciliumTrial,
  antrea: antreaTrial,
} as const;

/** The name of one of {@link trialNetworks}. */
export type TrialNetworkName = keyof typeof trialNetworks;

export type { RunningNetwork, TrialBinding, TrialNetwork } from '../stand-in/trial-network.ts';
