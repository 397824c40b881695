import { describeCloudProvider } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { createBareMetalProvider } from './create-bare-metal-provider.ts';

describeCloudProvider({
  name: 'baremetal',
  attach: false,
  describe,
  it,
  skip: it.skip,
  makeProvider: () => ({
    provider: createBareMetalProvider(),
    nodes: [{ name: 'worker-1' }, { name: 'worker-2' }],
    cidrs: ['10.0.0.0/24', 'fd00::/64'],
    freeAddress: () => {
      throw new Error('a provider that cannot attach needs no address');
    },
  }),
});

describe('baremetal', () => {
  it('knows of no interfaces, no limits, and nothing in use or reserved', async () => {
    const observation = await createBareMetalProvider().observe({
      nodes: [{ name: 'worker-1' }],
      cidrs: ['10.0.0.0/24'],
      signal: new AbortController().signal,
    });
    expect(observation).toEqual({
      nodes: [{ node: 'worker-1', interfaces: [], limits: {} }],
      cidrs: [{ cidr: '10.0.0.0/24', inUse: [], reserved: [] }],
    });
  });

  it('says in a refusal which change, which node, and the way out', async () => {
    const change = { type: 'attach', address: '10.0.0.5', node: { name: 'worker-1' } } as const;
    const [result] = await createBareMetalProvider().apply({ changes: [change], signal: new AbortController().signal });
    expect(result).toMatchObject({
      outcome: 'failed',
      error: { message: expect.stringMatching(/attach of 10\.0\.0\.5 \(node worker-1\).*choose/) },
    });
  });
});
