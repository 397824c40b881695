import { networkCrds, readHostSubnet, readNetNamespace, sdnTraffic, startSdnMaster } from '@egressip-ipam/sandbox';
import { expect } from 'vitest';
import { hostSubnets, netNamespaces } from '../../../../packages/operator/test/integration/support/resources.ts';
import type { UpgradedNetwork } from './upgraded-network.ts';

const poll = { timeout: 60_000, interval: 200 };

/** OpenShift SDN, with what the original wrote into its objects. */
export const openshiftSdn: UpgradedNetwork = {
  name: 'OpenShift SDN',
  definitions: [networkCrds.hostsubnets, networkCrds.netnamespaces],
  nodeAnnotations: () => ({}),
  start: (rest) => startSdnMaster({ rest }),
  leaveBehind: async (client, left, nodes) => {
    const exist = async (): Promise<boolean> => {
      const [hosts, claims] = await Promise.all([client(hostSubnets).list(), client(netNamespaces).list()]);
      const names = new Set(claims.items.map(({ metadata }) => metadata.name));
      return hosts.items.length === nodes.length && Object.keys(left).every((name) => names.has(name));
    };
    await expect.poll(exist, poll).toBe(true);
    for (const [name, pairs] of Object.entries(left))
      await client(netNamespaces).mergePatch({ name }, { egressIPs: pairs.map(([address]) => address) });
    for (const { name } of nodes) {
      const pairs = Object.values(left).flatMap((all) => all.filter(([, node]) => node === name));
      await client(hostSubnets).mergePatch({ name }, { egressIPs: pairs.map(([address]) => address) });
    }
  },
  carriers: [hostSubnets, netNamespaces],
  traffic: (objectsOf) => {
    const hosts = objectsOf(hostSubnets).map(readHostSubnet);
    const claims = objectsOf(netNamespaces).map(readNetNamespace);
    return Object.fromEntries(
      [...sdnTraffic(hosts, claims, new Set())].map(([name, traffic]) => [
        name,
        traffic.kind === 'active' ? traffic.via.map(({ egressIP, node }) => `${egressIP}@${node}`) : [],
      ]),
    );
  },
};
