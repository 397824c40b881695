import type { NetworkBackend, NetworkTraits } from '@egressip-ipam/core';
import { adoptable } from './adoptable.ts';
import { nodeAnnotations } from './facts/parse-node.ts';
import { createFactsReader, type OvnKubernetesFacts } from './facts/read-facts.ts';
import { guard } from './guard.ts';
import { cloudPrivateIPConfigKind } from './kinds/cloud-private-ip-config.ts';
import { egressIPKind } from './kinds/egress-ip.ts';
import { managerLeaseKind } from './kinds/manager-lease.ts';
import { recognise } from './recognise.ts';
import { render } from './render/render.ts';
import { describe, explain } from './write/describe.ts';
import { simulate, withoutNodes } from './write/simulate.ts';
import { write } from './write/write.ts';

/**
 * OVN-Kubernetes: an EgressIP per namespace says its addresses, and the network chooses nodes for them among those with
 * a label. What no node carries leaves with the address of whatever node a pod runs on.
 */
export const network: NetworkBackend = {
  specificationVersion: 'v1',
  name: 'ovn-kubernetes',
  title: 'OVN-Kubernetes',
  kinds: [egressIPKind, cloudPrivateIPConfigKind, managerLeaseKind],
  nodeAnnotations,
  nodeVerbs: ['patch'],
  guard,
  recognise,
  traits: (settings): NetworkTraits => ({
    families: [4, 6],
    placement: () => 'network',
    boundCarries: false,
    provesAllocations: true,
    attach: 'after-hosting',
    namesInLabels: true,
    pinsNodes: settings['egressNodeSelector'] === true,
  }),
  createFactsReader,
  // The facts are those of the reader above.
  render: (decisions, facts, view) => render(decisions, facts as OvnKubernetesFacts, view),
  write,
  simulate,
  describe,
  explain,
  adoptable,
  withoutNodes,
};
