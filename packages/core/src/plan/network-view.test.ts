import { expect, it } from 'vitest';
import { parseAddresses } from '../parse/parse-lists.ts';
import { Parser } from '../parse/parsed-snapshot.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import { networkView } from './network-view.ts';

const viewOf = (parts: Partial<Omit<ClusterSnapshot, 'formatVersion'>>): ReturnType<typeof networkView> =>
  networkView(new Parser().parse(aSnapshot(parts)));

it('tells the addresses, labels and destinations of who claims, and nothing of who does not', () => {
  const view = viewOf({
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], { destinationCIDRs: ['198.51.100.0/24'] })],
    namespaces: [
      aNamespace('lost', 0, { egressIPAM: 'none' }),
      { name: 'quiet', createdAt: '2026-01-01T00:00:00Z', egressIPs: '10.0.0.9' },
      aNamespace('shop', 1, { egressIPs: '10.0.0.2,nonsense,10.0.0.1', labels: { team: 'red' } }),
    ],
  });
  expect(view.claimantOf('shop')).toMatchObject({
    listed: parseAddresses(['10.0.0.2', '10.0.0.1']),
    labels: { team: 'red' },
    destinations: expect.objectContaining({}) as unknown,
  });
  expect(view.claimantOf('lost')).toEqual({ listed: [], labels: {}, destinations: undefined });
  expect(['quiet', 'none'].map((name) => view.claimantOf(name))).toEqual([undefined, undefined]);
});

it('tells what is on record of a namespace, claiming or gone', () => {
  const released = [{ namespace: 'gone', addresses: ['10.0.0.3'], releasedAt: '2026-01-01T00:00:00Z' }];
  const view = viewOf({
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], { released })],
    namespaces: [
      { name: 'quiet', createdAt: '2026-01-01T00:00:00Z', allocated: 'pool/10.0.0.1', egressIPs: '10.0.0.2' },
    ],
  });
  expect(['quiet', 'gone', 'never'].map((name) => view.recordOf(name))).toEqual([
    parseAddresses(['10.0.0.1', '10.0.0.2']),
    parseAddresses(['10.0.0.3']),
    [],
  ]);
});

it('tells what the snapshot says of the platform, the network and the time', () => {
  const bare = viewOf({ nodes: [aNode('n1')] });
  expect(bare).toMatchObject({
    ...{ settings: {}, refused: [], platform: { isCloud: false, attaches: false }, time: Date.UTC(2026, 1, 1) },
    nodes: [{ name: 'n1' }],
  });
  const told = viewOf({
    time: 'some day',
    refused: ['10.0.0.7'],
    network: { name: 'plain', settings: { mode: 'x' }, objects: { Host: [{ name: 'h' }] } },
    provider: { name: 'cloud', attach: true, cloud: true, observationRequired: true },
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], { podsPerNamespace: 25 })],
  });
  expect(told).toMatchObject({
    ...{ settings: { mode: 'x' }, refused: ['10.0.0.7'], platform: { isCloud: true, attaches: true }, time: undefined },
    objects: { Host: [{ name: 'h' }] },
  });
  expect(['pool', 'none'].map((name) => told.podsPerNamespaceOf(name))).toEqual([25, 10]);
});
