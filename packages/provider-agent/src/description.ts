import { egressNodes } from '@egressip-ipam/agent/objects';
import type { ProviderDescription } from '@egressip-ipam/core';
import { platformInObjects } from './platform-in-objects.ts';

/** What is known of the provider without reaching the agents. */
export const description: ProviderDescription = {
  specificationVersion: 'v1',
  name: 'agent',
  // No infrastructure calls itself so: it is chosen by name, or for a network that needs it.
  platforms: { types: [], providerIDPrefixes: [] },
  capabilities: { attach: true },
  attachesTo: 'kernel',
  // That there are some is all that is asked.
  reads: [{ resource: egressNodes, onlyToChoose: true, keep: () => ({}) }],
  // Agents have reported: they run.
  isEquipped: ({ objects }) => objects('EgressNode').length > 0,
  fromObjects: platformInObjects,
};
