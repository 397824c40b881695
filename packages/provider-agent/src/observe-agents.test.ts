import { readEgressNode } from '@egressip-ipam/agent';
import { expect, it } from 'vitest';
import { observeAgents } from './observe-agents.ts';
import { Sightings } from './sightings.ts';

it.each([
  { mayHave: true, inUse: ['10.0.0.1', '10.0.0.20', '10.0.0.30'] },
  { mayHave: false, inUse: ['10.0.0.1', '10.0.0.20'] },
])(
  'what a node says it has and nobody asks for is in use as far as the node may have it: $mayHave',
  ({ mayHave, inUse }) => {
    const node = readEgressNode({
      metadata: { name: 'a', generation: 1 },
      spec: { addresses: [{ address: '10.0.0.20' }] },
      status: {
        observedGeneration: 1,
        interfaces: [{ name: 'eth0', subnets: ['10.0.0.0/24'], addresses: ['10.0.0.1'] }],
        addresses: ['10.0.0.20', '10.0.0.30'].map((address) => ({ address, state: 'Held', since: '' })),
      },
    });
    const view = { all: [node], sightings: new Sightings(), node: () => node, mayHave: () => mayHave };
    const { cidrs } = observeAgents(view, { nodes: [], cidrs: ['10.0.0.0/24'] }, 0);
    expect(cidrs.flatMap((cidr) => ('error' in cidr ? [] : cidr.inUse.map(({ address }) => address)))).toEqual(inUse);
  },
);
