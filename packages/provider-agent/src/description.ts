import type { ProviderDescription } from '@egressip-ipam/core';

/** What is known of the provider without reaching the agents. */
export const description: ProviderDescription = {
  specificationVersion: 'v1',
  name: 'agent',
  // No infrastructure calls itself so: it is chosen by name, or for a network that needs it.
  platforms: { types: [], providerIDPrefixes: [] },
  capabilities: { attach: true },
  attachesTo: 'kernel',
  reads: [
    {
      resource: { group: 'redhatcop.redhat.io', version: 'v1alpha1', plural: 'egressnodes', kind: 'EgressNode' },
      onlyToChoose: true,
    },
  ],
  // Agents have reported: they run.
  isEquipped: ({ objects }) => objects('EgressNode').length > 0,
};
