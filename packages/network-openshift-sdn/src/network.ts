import type { NetworkBackend, NetworkTraits } from '@egressip-ipam/core';
import { egressIPConfigAnnotation } from '@egressip-ipam/core';
import { createFactsReader, type OpenShiftSdnFacts } from './facts/read-facts.ts';
import { cloudPrivateIPConfigKind } from './kinds/cloud-private-ip-config.ts';
import { hostSubnetKind } from './kinds/host-subnet.ts';
import { netNamespaceKind } from './kinds/net-namespace.ts';
import { recognise } from './recognise.ts';
import { render } from './render/render.ts';
import { describe, explain } from './write/describe.ts';
import { provision, simulate, withoutNodes } from './write/simulate.ts';
import { write } from './write/write.ts';

/**
 * OpenShift SDN: a HostSubnet per node hosts addresses, a NetNamespace per namespace binds its traffic to them. It
 * drops what is bound to an address without a host, so that everything is hosted first.
 */
export const network: NetworkBackend = {
  specificationVersion: 'v1',
  name: 'openshift-sdn',
  title: 'OpenShift SDN',
  kinds: [hostSubnetKind, netNamespaceKind, cloudPrivateIPConfigKind],
  nodeAnnotations: [egressIPConfigAnnotation],
  recognise,
  traits: (_settings, { isCloud, attaches }): NetworkTraits => ({
    families: [4],
    placement: ({ cidrs }) => (isCloud || attaches || cidrs !== 1 ? 'us' : 'us-by-cidr'),
    boundCarries: true,
    provesAllocations: true,
    attach: 'after-hosting',
    pinsNodes: true,
  }),
  createFactsReader,
  // The facts are those of the reader above.
  render: (decisions, facts, view) => render(decisions, facts as OpenShiftSdnFacts, view),
  write,
  simulate,
  describe,
  explain,
  provision,
  withoutNodes,
};
