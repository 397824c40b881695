import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { memoryProvider } from '../testing/memory-provider.ts';
import type { ProviderChange } from './contract.ts';
import { mergeResults } from './merge-results.ts';

const nodes = ['node-1', 'node-2', 'node-3'].map((name) => ({ name }));
const cidrs = ['10.0.0.0/28', 'fd00::/64'];
const node = fc.constantFrom(...nodes);
const address = fc.constantFrom('10.0.0.5', '10.0.0.6', '10.0.0.7', 'fd00::5', '10.9.9.9');
const change: fc.Arbitrary<ProviderChange> = fc.oneof(
  fc.record({ type: fc.constantFrom('attach' as const, 'detach' as const), address, node }),
  fc.record({ type: fc.constant('move' as const), address, from: node, node }),
);

describe('mergeResults', () => {
  it('shows what a new look would show', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
        const provider = memoryProvider({
          nodes: nodes.map(({ name }, index) => ({
            name,
            subnets: cidrs,
            primary: `10.0.0.${index + 1}`,
            limits: { ipv4: 3 },
          })),
          usedElsewhere: [{ address: '10.0.0.7', usedBy: 'a printer' }],
        });
        const signal = new AbortController().signal;
        let merged = await provider.observe({ nodes, cidrs, signal });
        for (const one of changes) merged = mergeResults(merged, await provider.apply({ changes: [one], signal }));
        const looked = await provider.observe({ nodes, cidrs, signal });
        expect(addressesOf(merged)).toEqual(addressesOf(looked));
      }),
    );
  });
});

type Observation = Parameters<typeof mergeResults>[0];

function addressesOf(observation: Observation) {
  return {
    nodes: observation.nodes.map((entry) =>
      'error' in entry
        ? entry
        : entry.interfaces.flatMap(({ addresses }) => addresses.map((carried) => carried.address)).sort(),
    ),
    cidrs: observation.cidrs.map((entry) =>
      'error' in entry ? entry : entry.inUse.map((used) => used.address).sort(),
    ),
  };
}
