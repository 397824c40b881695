import { describe, expect, it } from 'vitest';
import type { ProviderDescription } from './contract.ts';
import { createPassiveProvider } from './passive-provider.ts';

const description: ProviderDescription = {
  specificationVersion: 'v1',
  name: 'rack',
  platforms: { types: ['None'], providerIDPrefixes: [] },
  capabilities: { attach: false },
};
const signal = (): AbortSignal => new AbortController().signal;

describe('a provider that attaches nothing', () => {
  it('is what it is described to be, and sees no interface and nothing in use, for each that is asked for', async () => {
    const provider = createPassiveProvider(description);
    expect(provider).toMatchObject(description);
    const asked = { nodes: [{ name: 'n1' }, { name: 'n2' }], cidrs: ['10.0.0.0/24'], signal: signal() };
    expect(await provider.observe(asked)).toEqual({
      nodes: ['n1', 'n2'].map((node) => ({ node, interfaces: [], limits: {} })),
      cidrs: [{ cidr: '10.0.0.0/24', inUse: [], reserved: [] }],
    });
  });

  it('refuses every change for good, and says which and why', async () => {
    const node = { name: 'n1' };
    const changes = (['attach', 'detach'] as const).map((type) => ({ type, address: '10.0.0.5', node }));
    const results = await createPassiveProvider(description).apply({ changes, signal: signal() });
    expect(results.map(({ change }) => change)).toEqual(changes);
    for (const [index, result] of results.entries())
      expect(result).toMatchObject({
        outcome: 'failed',
        error: {
          class: 'permanent',
          message: expect.stringMatching(
            new RegExp(`^${changes[index]?.type} of 10\\.0\\.0\\.5 \\(node n1\\) .* provider rack has no interfaces`),
          ),
        },
      });
  });

  it('does not look once the look has ended', async () => {
    const ended = AbortSignal.abort(new Error('enough'));
    await expect(createPassiveProvider(description).observe({ nodes: [], cidrs: [], signal: ended })).rejects.toThrow(
      'enough',
    );
  });
});
