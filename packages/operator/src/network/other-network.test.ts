import { FakeClock } from '@egressip-ipam/kube/testing';
import { expect, it, vi } from 'vitest';
import { loadBuiltInNetworks } from './load-network.ts';
import { isShownByOneNodeAlone, noticeOtherNetwork } from './other-network.ts';

function begin() {
  const clock = new FakeClock();
  const warn = vi.fn();
  const log = { debug: warn, info: warn, warn, error: warn };
  const stop = new AbortController();
  const cluster = { shows: (): Promise<string | undefined> => Promise.resolve('one') };
  const noticed = noticeOtherNetwork({
    clock,
    log,
    signal: stop.signal,
    name: 'one',
    nameByNow: () => cluster.shows(),
  });
  return { clock, warn, stop, cluster, noticed };
}

it('notices that the cluster has another network once two looks agree, and says so', async () => {
  const { clock, warn, cluster, noticed } = begin();
  await clock.advance(120_000);
  cluster.shows = () => Promise.resolve('other');
  await clock.advance(30_000);
  expect(noticed.aborted).toBe(false);
  await clock.advance(5_000);
  expect(noticed.aborted).toBe(true);
  expect(warn.mock.calls).toEqual([
    [expect.stringMatching(/another network by now/), { network: 'one', now: 'other' }],
  ]);
  await clock.advance(600_000);
  expect(clock.pending).toBe(0);
});

it.each([
  ['one that is shown for a moment', ['other', 'one']],
  ['two in turn', ['other', 'third', 'other', 'third']],
  ['none that can be told', [undefined, undefined, undefined]],
])('does not take %s for another network', async (_, shown) => {
  const { clock, warn, cluster, noticed } = begin();
  const left = [...shown];
  cluster.shows = () => Promise.resolve(left.length === 0 ? 'one' : left.shift());
  await clock.advance(300_000);
  expect(left).toEqual([]);
  expect(noticed.aborted).toBe(false);
  expect(warn).not.toHaveBeenCalled();
});

it('looks again where the API server is away, and no more once it is told to stop', async () => {
  const { clock, cluster, noticed, stop } = begin();
  cluster.shows = () => Promise.reject(new Error('the API server is away'));
  await clock.advance(60_000);
  cluster.shows = () => Promise.resolve('other');
  await clock.advance(30_000);
  stop.abort();
  await clock.advance(600_000);
  expect(noticed.aborted).toBe(false);
  expect(clock.pending).toBe(0);
});

it.each([
  { what: 'all nodes', annotated: [0, 1, 2], isAlone: false },
  { what: 'two of three', annotated: [0, 1], isAlone: false },
  { what: 'one of three', annotated: [1], isAlone: true },
])('a network that $what show is shown by one alone: $isAlone', async ({ annotated, isAlone }) => {
  const backends = await loadBuiltInNetworks();
  const backend = backends.find(({ name }) => name === 'ovn-kubernetes');
  if (backend === undefined) throw new Error('OVN-Kubernetes is built in');
  const nodes = [0, 1, 2].map((index) => ({
    name: `node-${index}`,
    labels: {},
    annotations: annotated.includes(index) ? { 'k8s.ovn.org/host-cidrs': '[]' } : {},
  }));
  const served = new Map([
    ['hostsubnets.network.openshift.io', { isUsed: true }],
    ['egressips.k8s.ovn.org', { isUsed: false }],
  ]);
  expect(isShownByOneNodeAlone({ backend, evidence: { nodes, served } }, backends)).toBe(isAlone);
});
