import { FakeClock } from '@egressip-ipam/kube/testing';
import { expect, it, vi } from 'vitest';
import { tellOtherProvider } from './other-provider.ts';

it('tells once that another provider would be chosen by now, and not after the term is over', async () => {
  const clock = new FakeClock();
  const warn = vi.fn();
  const log = { debug: warn, info: warn, warn, error: warn };
  const ended = new AbortController();
  let now = Promise.resolve('baremetal');
  tellOtherProvider({ clock, log, ended: ended.signal, title: 'baremetal', titleByNow: () => now });
  await clock.advance(120_000);
  now = Promise.reject(new Error('the API server is away'));
  now.catch(() => undefined);
  await clock.advance(60_000);
  expect(warn).not.toHaveBeenCalled();
  now = Promise.resolve('agent');
  await clock.advance(600_000);
  expect(warn.mock.calls).toEqual([
    [expect.stringMatching(/another provider would be chosen by now/), { provider: 'baremetal', now: 'agent' }],
  ]);
  tellOtherProvider({ clock, log, ended: ended.signal, title: 'baremetal', titleByNow: () => now });
  ended.abort();
  await clock.advance(600_000);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(clock.pending).toBe(0);
});
