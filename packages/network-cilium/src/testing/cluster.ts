import { type ClusterSnapshot, type NetworkEntry, type NodeSnapshot, type ProviderSnapshot } from '@egressip-ipam/core';
import { anEgressIPAM, aNode, aSnapshot } from '@egressip-ipam/core/testing';
import { network } from '../network.ts';

/** What `recognise` tells of a Cilium 1.20 whose egress gateway is on. */
export const settings = {
  obstacle: '',
  configured: true,
  mapSize: 16_384,
  severalGateways: true,
  ipv6: true,
  prefersPublic: true,
  podNetworks: '',
};

/** A node with a hostname label, as every kubelet sets it. */
export function aGateway(name: string, zone = 'a', more: Partial<NodeSnapshot> = {}): NodeSnapshot {
  const node = aNode(name, zone, more);
  return { ...node, labels: { 'kubernetes.io/hostname': name, ...node.labels } };
}

/** A provider that attaches, with interfaces that carry what is given by node. */
export function attaching(attached: Readonly<Record<string, readonly string[]>>): ProviderSnapshot {
  const nodes = Object.entries(attached).map(([node, addresses]) => {
    const own = { address: `192.168.9.${node.slice(-1)}`, primary: true };
    const carried = addresses.map((address) => ({ address, primary: false }));
    return {
      node,
      limits: {},
      interfaces: [{ id: `nic-${node}`, main: true, subnets: ['10.0.0.0/8'], addresses: [own, ...carried] }],
    };
  });
  const cidrs = ['10.0.0.0/29', '10.0.1.0/29'].map((cidr) => ({ cidr, inUse: [], reserved: [] }));
  return { name: 'agent', attach: true, cloud: false, observationRequired: true, observation: { nodes, cidrs } };
}

/** A cluster on Cilium: two gateways in zone `a`, one in `b`, one EgressIPAM with a CIDR each. */
export function aCluster(
  parts: Partial<ClusterSnapshot> & { readonly policies?: readonly NetworkEntry[] } = {},
): ClusterSnapshot {
  const { policies = [], ...rest } = parts;
  return aSnapshot(
    {
      egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a', '10.0.1.0/29=b'])],
      nodes: [aGateway('node1'), aGateway('node2'), aGateway('node3', 'b')],
      ...rest,
      network: { name: 'cilium', settings, objects: { CiliumEgressGatewayPolicy: policies }, ...parts.network },
    },
    network,
  );
}
