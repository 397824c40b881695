import { unlimited, type NetworkFacts } from '../network-contract/facts.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { NetworkStep } from '../network-contract/step.ts';
import { plainNetwork } from '../snapshot/build-snapshot.ts';

const everyNode = { usable: true, capacity: unlimited, addresses: [] };

const nothing: NetworkFacts = {
  hosts: [],
  bindings: new Map(),
  reserved: [],
  used: [],
  mentioned: [],
  refused: new Set(),
  occupied: [],
  nodeOf: () => everyNode,
  obstacleOf: () => undefined,
  findings: [],
};

/**
 * Placements without network objects, for those who use the library alone: what is allocated is what annotations say.
 */
export const plain: NetworkBackend = {
  specificationVersion: 'v1',
  name: plainNetwork,
  title: 'no network',
  kinds: [],
  nodeAnnotations: [],
  recognise: () => ({ certainty: 'absent' }),
  traits: () => ({
    families: [4, 6],
    placement: () => 'us',
    boundCarries: true,
    provesAllocations: false,
    attach: 'after-hosting',
    choosesDestinations: true,
    pinsNodes: true,
  }),
  createFactsReader: () => ({ read: () => nothing }),
  render: () => ({ steps: [], findings: [] }),
  write: (step) => {
    throw unknownStep(step);
  },
  simulate: (_network, step) => {
    throw unknownStep(step);
  },
  describe: (_objects, step) => step.action,
  explain: () => [],
};

/** A step that this back end never renders. */
function unknownStep({ id }: NetworkStep): RangeError {
  return new RangeError(`step "${id}" is of another network: without a network there is nothing to write`);
}
