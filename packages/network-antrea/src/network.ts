import type { NetworkBackend, NetworkTraits } from '@egressip-ipam/core';
import { createFactsReader, type AntreaFacts } from './facts/read-facts.ts';
import { egressKind } from './kinds/egress.ts';
import { externalIPPoolKind } from './kinds/external-ip-pool.ts';
import { maxEgressIPsAnnotation, transportAddressesAnnotation } from './kinds/names.ts';
import { configMaps, recognise } from './recognise.ts';
import { render } from './render/render.ts';
import { adoptable, describe, explain } from './write/describe.ts';
import { simulate, write } from './write/write.ts';

/**
 * Antrea: an Egress binds a namespace's pods to an address. Where this project puts addresses on nodes itself, an
 * Egress without a pool follows it; else an ExternalIPPool per CIDR lets Antrea place, and interfaces of a cloud
 * follow.
 */
export const network: NetworkBackend = {
  specificationVersion: 'v1',
  name: 'antrea',
  title: 'Antrea',
  kinds: [egressKind, externalIPPoolKind],
  nodeAnnotations: [maxEgressIPsAnnotation, transportAddressesAnnotation],
  configMaps,
  recognise,
  traits: (_settings, { isCloud, attaches }): NetworkTraits => ({
    families: [4, 6],
    placement: () => (attaches && !isCloud ? 'us' : 'network'),
    boundCarries: false,
    provesAllocations: true,
    attach: 'after-hosting',
    addressOnNode: 'optional',
    // Its agents hear of an Egress each alone.
    sendsOn: 1_000,
    namesInLabels: true,
    pinsNodes: true,
  }),
  createFactsReader,
  // The facts are those of the reader above.
  render: (decisions, facts, view) => render(decisions, facts as AntreaFacts, view),
  write,
  simulate,
  describe,
  explain,
  adoptable,
};
