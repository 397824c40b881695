import type { CloudProvider, ProviderChange, ProviderChangeResult } from '@egressip-ipam/core';

/**
 * The provider for machines without a cloud API: the network carries any address
 * of the machines' segment, so that nothing is attached and nothing is reserved.
 * Nodes have no interfaces and no limits; what others use on the segment cannot
 * be seen, which is what an EgressIPAM's `reservedIPs` are for.
 */
export function createBareMetalProvider(): CloudProvider {
  return {
    specificationVersion: 'v1',
    name: 'baremetal',
    platforms: {
      types: ['BareMetal', 'VSphere', 'oVirt', 'OpenStack', 'None'],
      providerIDPrefixes: ['baremetalhost://', 'vsphere://', 'ovirt://', 'openstack://'],
    },
    capabilities: { attach: false, atomicMove: false },
    async observe({ nodes, cidrs, signal }) {
      signal.throwIfAborted();
      return {
        nodes: nodes.map(({ name }) => ({ node: name, interfaces: [], limits: {} })),
        cidrs: cidrs.map((cidr) => ({ cidr, inUse: [], reserved: [] })),
      };
    },
    async apply({ changes }) {
      return changes.map(refuse);
    },
  };
}

function refuse(change: ProviderChange): ProviderChangeResult {
  const message = `${change.type} of ${change.address} (node ${change.node.name}) was asked for, but provider baremetal has no interfaces to change; choose the cloud's own provider`;
  return { change, outcome: 'failed', error: { class: 'permanent', message } };
}
