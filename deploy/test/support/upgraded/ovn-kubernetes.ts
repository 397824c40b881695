import {
  clusterManagerUser,
  markAdmissionPolicy,
  networkCrds,
  seededRandom,
  startOvnClusterManager,
} from '@egressip-ipam/sandbox';
import { itemsOf, readEgressIP } from '../../../../packages/operator/test/integration/support/observed-networks.ts';
import {
  egressIPs,
  hostSubnets,
  netNamespaces,
  nodes as nodeResource,
} from '../../../../packages/operator/test/integration/support/resources.ts';
import type { UpgradedNetwork } from './upgraded-network.ts';

const nameLabel = 'kubernetes.io/metadata.name';
const admission = '/apis/admissionregistration.k8s.io/v1';

/**
 * OVN-Kubernetes, on which the original never ran: as OpenShift's own migration from OpenShift SDN leaves a cluster
 * that had the original. That makes an EgressIP of each NetNamespace, labels the nodes that had addresses, and leaves
 * the former network's objects without any.
 */
export const ovnKubernetes: UpgradedNetwork = {
  name: 'OVN-Kubernetes',
  definitions: [networkCrds.egressips, networkCrds.egressfirewalls, networkCrds.hostsubnets, networkCrds.netnamespaces],
  user: { token: 'cluster-manager', user: clusterManagerUser, groups: ['system:masters'] },
  policies: markAdmissionPolicy.map((object) => [
    object.kind === 'ValidatingAdmissionPolicy'
      ? `${admission}/validatingadmissionpolicies`
      : `${admission}/validatingadmissionpolicybindings`,
    object,
  ]),
  nodeAnnotations: ({ network, octet }) => ({
    'k8s.ovn.org/node-primary-ifaddr': JSON.stringify({ ipv4: `${network}.${octet}/24` }),
    'k8s.ovn.org/host-cidrs': JSON.stringify([`${network}.${octet}/24`]),
  }),
  start: (rest) => startOvnClusterManager({ rest, random: seededRandom(7) }),
  leaveBehind: async (client, left, nodes) => {
    const had = new Set(Object.values(left).flatMap((pairs) => pairs.map(([, node]) => node)));
    for (const [index, { name, network, octet }] of nodes.entries()) {
      const subnet = `10.128.${index}.0/24`;
      const hostSubnet = { host: name, hostIP: `${network}.${octet}`, subnet, egressIPs: [] };
      await client(hostSubnets).create({ metadata: { name }, ...hostSubnet });
      if (had.has(name))
        await client(nodeResource).mergePatch(
          { name },
          { metadata: { labels: { 'k8s.ovn.org/egress-assignable': '' } } },
        );
    }
    for (const [index, [name, pairs]] of Object.entries(left).entries()) {
      await client(netNamespaces).create({ metadata: { name }, netid: index + 1, netname: name, egressIPs: [] });
      await client(egressIPs).create({
        metadata: { name: `egressip-${name}` },
        spec: {
          egressIPs: pairs.map(([address]) => address),
          namespaceSelector: { matchLabels: { [nameLabel]: name } },
        },
      });
    }
  },
  carriers: [egressIPs],
  traffic: (objectsOf) => {
    const via: Record<string, string[]> = {};
    for (const { spec, status } of objectsOf(egressIPs).map(readEgressIP)) {
      const { matchLabels } = spec['namespaceSelector'] as { readonly matchLabels?: Readonly<Record<string, string>> };
      const name = matchLabels?.[nameLabel];
      if (name !== undefined)
        (via[name] ??= []).push(...itemsOf(status).map(({ egressIP, node }) => `${egressIP}@${node}`));
    }
    for (const addresses of Object.values(via)) addresses.sort();
    return via;
  },
};
