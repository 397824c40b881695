import { ResourceClient } from '@egressip-ipam/kube';
import { hostSubnetCrd, netNamespaceCrd } from '../crds/openshift-sdn.ts';
import type { TrialNetwork } from '../stand-in/trial-network.ts';
import { hostSubnets, netNamespaces } from '../stand-in/resources.ts';
import { startSdnMaster } from './sdn-master.ts';
import { readHostSubnet, readNetNamespace } from './sdn-objects.ts';

/** OpenShift SDN as something to try. */
export const sdnTrial: TrialNetwork = {
  crds: [hostSubnetCrd, netNamespaceCrd],
  start: (rest) => startSdnMaster({ rest }),
  async readBindings(rest) {
    const [claims, hosts] = await Promise.all([
      new ResourceClient(rest, netNamespaces).list(),
      new ResourceClient(rest, hostSubnets).list(),
    ]);
    const nodeOf = new Map(
      hosts.items.map(readHostSubnet).flatMap(({ name, egressIPs }) => egressIPs.map((address) => [address, name])),
    );
    return claims.items.map(readNetNamespace).map(({ name, egressIPs }) => ({
      namespace: name,
      addresses: egressIPs.map((address) => ({ address, node: nodeOf.get(address) })),
    }));
  },
};
