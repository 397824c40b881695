/* eslint-disable @typescript-eslint/prefer-promise-reject-errors -- plug-ins reject with what is no Error, too */
import { ProviderError, type CloudProvider, type ProviderChange } from '@egressip-ipam/core';
import { FakeClock, createMutator } from '@egressip-ipam/kube/testing';
import { expect, it } from 'vitest';
import { containProvider } from '../../src/provider/contained-provider.ts';
import { parseObservation } from '../../src/provider/parse-answers.ts';

/** Answers that are tried; 10,000 in nightly runs. */
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 2_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);

const names = ['a', 'b', 'c'];
const asked = { nodes: names.map((name) => ({ name })), cidrs: ['10.0.0.0/24', '2001:db8::/64'] };
const observation = {
  nodes: names.map((node, index) => ({
    node,
    interfaces: [
      {
        id: `eth-${node}`,
        main: true,
        subnets: ['10.0.0.0/24'],
        addresses: [{ address: `10.0.0.${index + 2}`, primary: true }],
      },
    ],
    limits: { ipv4: 10 },
  })),
  cidrs: asked.cidrs.map((cidr) => ({
    cidr,
    inUse: [{ address: '10.0.0.2', usedBy: 'node a' }],
    reserved: ['10.0.0.1'],
  })),
};
const changes = names.map((name, index): ProviderChange => ({
  type: 'attach',
  address: `10.0.0.${index + 50}`,
  node: { name },
}));
const results = changes.map((change, index) =>
  index === 0
    ? { change, outcome: 'failed', error: { class: 'throttled', message: 'slowly', retryAfterMilliseconds: 5 } }
    : { change, outcome: 'done' },
);

it('takes of a wrong answer what is right, or says that it is wrong, and throws nothing but ProviderErrors', async () => {
  const mutator = createMutator(seed);
  const clock = new FakeClock();
  let faults = 0;
  let wrong = 0;
  const answer = (value: unknown): unknown => {
    const mutated = mutator.value(value);
    switch (mutator.below(5)) {
      case 0:
        throw mutated;
      case 1:
        return Promise.reject(mutated);
      default:
        return Promise.resolve(mutated);
    }
  };
  const provider = containProvider(
    {
      specificationVersion: 'v1',
      name: 'fuzzed',
      platforms: { types: [], providerIDPrefixes: [] },
      capabilities: { attach: true, atomicMove: true },
      observe: () => answer(observation),
      apply: () => answer(results),
    } as unknown as CloudProvider,
    { clock, onFault: () => (faults += 1) },
  );
  const { signal } = new AbortController();
  for (let round = 0; round < rounds; round++) {
    try {
      const seen = await provider.observe({ ...asked, signal });
      expect([seen.nodes.map(({ node }) => node), seen.cidrs.map(({ cidr }) => cidr)]).toEqual([names, asked.cidrs]);
      expect(parseObservation(seen, asked)).toEqual(seen);
      expect(JSON.stringify(seen).length).toBeLessThan(20_000);
      if (JSON.stringify(seen).includes('answers wrongly')) wrong++;
      const applied = await provider.apply({ changes, signal });
      expect(applied.map(({ change }) => change)).toEqual(changes);
      expect(applied.every(({ outcome }) => outcome === 'done' || outcome === 'failed')).toBe(true);
    } catch (error) {
      if (!ProviderError.isInstance(error)) throw error;
      expect(error.message.length).toBeLessThan(1_000);
      expect(error.message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      wrong++;
    }
  }
  expect(wrong).toBeGreaterThan(rounds / 2);
  expect(faults).toBeGreaterThan(rounds / 4);
  expect(clock.pending).toBe(0);
});
