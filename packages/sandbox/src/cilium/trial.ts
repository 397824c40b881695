import { ResourceClient } from '@egressip-ipam/kube';
import { ciliumEgressGatewayPolicyCrd, ciliumEndpointCrd } from '../crds/cilium.ts';
import { egressNodesCrd, startEgressAgents } from '../egress-agents/index.ts';
import type { TrialBinding, TrialNetwork } from '../stand-in/trial-network.ts';
import type { LabelSelector } from '../stand-in/label-selector.ts';
import { ciliumEgressGatewayPolicies } from '../stand-in/resources.ts';
import { parseEgressGatewayPolicy } from './egress-gateway-policy.ts';

/**
 * Cilium as something to try. Its agents write nothing into the cluster, so the gateways are those that policies name;
 * the addresses are put on nodes by agents of this project.
 */
export const ciliumTrial: TrialNetwork = {
  crds: [ciliumEgressGatewayPolicyCrd, ciliumEndpointCrd, egressNodesCrd],
  afterMove:
    'Cilium says nothing of its gateways: these are the nodes that the policies name. An agent of this project on each node put the addresses there, and the dead one was fenced before they moved.',
  start: (rest) => startEgressAgents({ rest, namespace: 'default' }),
  async readBindings(rest) {
    const { items } = await new ResourceClient(rest, ciliumEgressGatewayPolicies).list();
    return items.flatMap((item): readonly TrialBinding[] => {
      const policy = parseEgressGatewayPolicy(item);
      if ('refused' in policy) return [];
      const { spec } = item as { spec?: { selectors?: readonly { podSelector?: LabelSelector }[] } };
      const addresses = policy.gateways.flatMap(({ egressIP, nodeSelector }) =>
        egressIP === undefined
          ? []
          : [{ address: egressIP, node: nodeSelector.matchLabels?.['kubernetes.io/hostname'] }],
      );
      const namespace = spec?.selectors?.[0]?.podSelector?.matchLabels?.['io.kubernetes.pod.namespace'] ?? '';
      return [{ namespace, addresses }];
    });
  },
};
