import { describe, expect, it } from 'vitest';
import { formatAddress } from '../address/address.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import { Parser } from './parsed-snapshot.ts';

const observation = { nodes: [], cidrs: [{ cidr: '10.0.0.0/24', inUse: [], reserved: [] }] };
const provider = { name: 'cloud', attach: true, cloud: true, observationRequired: true, observation };
const cluster = aSnapshot({
  nodes: [aNode('n2'), aNode('n1')],
  egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a']), anEgressIPAM(['10.1.0.0/24=a'], { name: 'older' })],
  namespaces: [aNamespace('b'), aNamespace('a')],
  infrastructure: { virtualIPs: ['10.0.0.2', 'none'] },
  provider,
});

describe('a snapshot that is parsed', () => {
  it('has its lists by name, its time in milliseconds and the addresses of its services', () => {
    const source: ClusterSnapshot = {
      ...cluster,
      egressIPAMs: [...cluster.egressIPAMs].reverse(),
      namespaces: [...cluster.namespaces].reverse(),
      nodes: [...cluster.nodes].reverse(),
    };
    const parsed = new Parser().parse(source);
    expect(parsed.source).toBe(source);
    expect(parsed.time).toBe(Date.UTC(2026, 1, 1));
    expect(parsed.egressIPAMs.map(({ name }) => name)).toEqual(['older', 'pool']);
    expect(parsed.namespaces.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(parsed.nodes.map(({ name }) => name)).toEqual(['n1', 'n2']);
    expect(parsed.virtualIPs.map(formatAddress)).toEqual(['10.0.0.2']);
    expect(parsed.observation?.cidrs.size).toBe(1);
  });

  it('has no time where there is none, or none that can be read, and no observation where nobody looked', () => {
    const { time: _, ...timeless } = cluster;
    const { observation: __, ...unseen } = provider;
    const parsed = new Parser().parse({ ...timeless, provider: unseen });
    expect([parsed.time, parsed.observation]).toEqual([undefined, undefined]);
    expect(new Parser().parse({ ...cluster, time: 'noon' }).time).toBeUndefined();
  });
});

it('an object that comes again is the same when parsed, and one that changed is parsed anew', () => {
  const parser = new Parser();
  const before = parser.parse(cluster);
  const changed = aNamespace('a', 0, { egressIPs: '10.0.0.9' });
  const next: ClusterSnapshot = { ...cluster, namespaces: [changed, ...cluster.namespaces.slice(1)] };
  const after = parser.parse(next);
  expect(after.namespaces[0]?.source).toBe(changed);
  expect(after.namespaces[1]).toBe(before.namespaces[1]);
  expect(after.nodes[0]).toBe(before.nodes[0]);
  expect(after.observation).toBe(before.observation);
  const lookedAgain = parser.parse({ ...next, provider: { ...provider, observation: { ...observation } } });
  expect(lookedAgain.observation).not.toBe(before.observation);
  expect(lookedAgain.observation).toEqual(before.observation);
});
