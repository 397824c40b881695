import type { NetworkBackend, NetworkTraits } from '@egressip-ipam/core';
import { createFactsReader, type CiliumFacts } from './facts/read-facts.ts';
import { podCidrAnnotations } from './facts/pod-networks.ts';
import { ciliumEndpoints } from './kinds/cilium-endpoint.ts';
import { ciliumNodeKind } from './kinds/cilium-node.ts';
import { egressGatewayPolicyKind } from './kinds/egress-gateway-policy.ts';
import { recognise } from './recognise.ts';
import { render } from './render/render.ts';
import { configMaps, readSettings } from './facts/settings.ts';
import { adoptable, describe, explain } from './write/describe.ts';
import { simulate, write } from './write/write.ts';

/**
 * Cilium: a policy for each namespace and family names the gateways and their addresses. Its agents look for an address
 * when a policy or a node changes, not when the address comes: so the address is on the node before the policy names
 * it.
 */
export const network: NetworkBackend = {
  specificationVersion: 'v1',
  name: 'cilium',
  title: 'Cilium',
  kinds: [egressGatewayPolicyKind, ciliumNodeKind],
  counted: [ciliumEndpoints],
  nodeAnnotations: podCidrAnnotations,
  configMaps,
  readsDefinitions: true,
  recognise,
  traits: (settings): NetworkTraits => ({
    families: readSettings(settings).ipv6 ? [4, 6] : [4],
    placement: () => 'us',
    boundCarries: true,
    provesAllocations: true,
    attach: 'before-hosting',
    addressOnNode: 'needed',
    choosesDestinations: true,
    // Its agents look once a second, each alone.
    sendsOn: 2_000,
    namesInLabels: true,
    pinsNodes: true,
  }),
  createFactsReader,
  // The facts are those of the reader above.
  render: (decisions, facts, view) => render(decisions, facts as CiliumFacts, view),
  write,
  simulate,
  describe,
  explain,
  adoptable,
};
