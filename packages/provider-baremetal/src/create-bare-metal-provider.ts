import { type CloudProvider, type ProviderDescription } from '@egressip-ipam/core';
import { createPassiveProvider } from '@egressip-ipam/core/plugin';

/** What is known of the provider without making it. */
export const description: ProviderDescription = {
  specificationVersion: 'v1',
  name: 'baremetal',
  platforms: {
    types: ['BareMetal', 'VSphere', 'oVirt', 'None'],
    providerIDPrefixes: ['baremetalhost://', 'vsphere://', 'ovirt://'],
  },
  capabilities: { attach: false },
};

/**
 * The provider for machines without a cloud API: the network carries any address
 * of the machines' segment, so that nothing is attached and nothing is reserved.
 * Nodes have no interfaces and no limits; what others use on the segment cannot
 * be seen, which is what an EgressIPAM's `reservedIPs` are for.
 */
export function createBareMetalProvider(): CloudProvider {
  return createPassiveProvider(description);
}
