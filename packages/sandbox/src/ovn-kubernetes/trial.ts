import { ResourceClient, type KubernetesObject } from '@egressip-ipam/kube';
import { cloudPrivateIpConfigCrd } from '../crds/cloud-private-ip-config.ts';
import { egressIpCrd } from '../crds/ovn-kubernetes.ts';
import type { TrialNetwork } from '../stand-in/trial-network.ts';
import { type LabelSelector } from '../stand-in/label-selector.ts';
import { egressIps } from '../stand-in/resources.ts';
import { seededRandom } from '../stand-in/seeded-random.ts';
import { startOvnClusterManager } from './cluster-manager.ts';
import { readEgressIp } from './egress-ip.ts';

/** OVN-Kubernetes as something to try. */
export const ovnKubernetesTrial: TrialNetwork = {
  crds: [egressIpCrd, cloudPrivateIpConfigCrd],
  nodeAnnotations: (cidr) => ({
    'k8s.ovn.org/node-primary-ifaddr': JSON.stringify({ ipv4: cidr }),
    'k8s.ovn.org/host-cidrs': JSON.stringify([cidr]),
  }),
  afterMove: 'OVN-Kubernetes moved them by itself: the operator had nothing to write.',
  start: (rest) => startOvnClusterManager({ rest, random: seededRandom(1) }),
  async readBindings(rest) {
    const { items } = await new ResourceClient(rest, egressIps).list();
    return items.map((item) => {
      const { addresses, items: assigned } = readEgressIp(item);
      const nodeOf = new Map(assigned.map(({ egressIP, node }) => [egressIP, node]));
      return {
        namespace: namespaceOf(item),
        addresses: addresses.map((address) => ({ address, node: nodeOf.get(address) })),
      };
    });
  },
};

function namespaceOf(item: KubernetesObject): string {
  const { spec } = item as { spec?: { namespaceSelector?: LabelSelector } };
  return spec?.namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] ?? item.metadata.name;
}
