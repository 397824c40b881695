import type { CloudProvider } from '@egressip-ipam/core';
import { FakeClock } from '@egressip-ipam/kube/testing';
import { expect, it, vi } from 'vitest';
import { ProviderWatch, silentNodes } from './provider-watch.ts';

it('looks when the provider tells of a change, and not after it was stopped', async () => {
  const clock = new FakeClock();
  let isSilent = false;
  let tell = (): void => undefined;
  const provider = {
    specificationVersion: 'v1',
    name: 'told',
    platforms: { types: [], providerIDPrefixes: [] },
    capabilities: { attach: true },
    observe: vi.fn(() =>
      Promise.resolve({
        nodes: [{ node: 'a', interfaces: [], limits: {}, ...(isSilent ? { silent: true as const } : {}) }],
        cidrs: [],
      }),
    ),
    apply: () => Promise.resolve([]),
    changed: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        tell = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  } satisfies CloudProvider;
  const watch = new ProviderWatch({
    provider,
    clock,
    pollInterval: 60_000,
    subjects: () => ({ nodes: [{ name: 'a' }], cidrs: ['10.0.0.0/24'] }),
    onChange: () => undefined,
    onError: () => undefined,
  });
  watch.start();
  await clock.advance(1);
  expect([...silentNodes(watch)]).toEqual([]);
  isSilent = true;
  tell();
  await clock.advance(300);
  expect([...silentNodes(watch)]).toEqual(['a']);
  const looks = provider.observe.mock.calls.length;
  watch.stop();
  await clock.advance(1_000);
  expect(provider.observe.mock.calls.length).toBe(looks);
});
