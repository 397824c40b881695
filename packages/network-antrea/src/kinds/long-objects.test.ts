import { plan } from '@egressip-ipam/core';
import { anEgressIPAM, aNamespace, aNode, aSnapshot } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { network } from '../network.ts';
import { egressKind } from './egress.ts';
import { externalIPPoolKind } from './external-ip-pool.ts';
import { boundsOf, type IPRange } from './ip-range.ts';

const count = 20_000;
const text = 'x'.repeat(1_000_000);
const many = <Value>(make: (index: number) => Value): readonly Value[] =>
  Array.from({ length: count }, (_, index) => make(index));
const valueOf = <Value>(read: { readonly ok: boolean; readonly value?: Value }): Value => {
  if (read.value === undefined) throw new Error('it is not read');
  return read.value;
};
const metadata = { name: 'theirs' };

describe('what others made on Antrea, as long as the API server takes it', () => {
  it('an Egress leaves little, and stands in the way of all that it may apply to', () => {
    const namespaceSelector = { matchExpressions: [{ key: 'team', operator: 'In', values: many(String) }] };
    const spec = { egressIP: '10.0.0.1', externalIPPool: text, appliedTo: { namespaceSelector } };
    const conditions = [{ type: 'IPAllocated', status: 'False', message: text }];
    const read = egressKind.read({ metadata, spec, status: { egressNode: text, egressIP: text, conditions } });
    expect(JSON.stringify(read).length).toBeLessThan(4_000);
    expect(read.problems.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['spec.appliedTo.namespaceSelector', 'spec.externalIPPool', 'status.egressNode']),
    );
    const snapshot = aSnapshot(
      {
        egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])],
        nodes: [aNode('node1', 'a', { labels: { 'topology.kubernetes.io/zone': 'a', 'kubernetes.io/hostname': 'n' } })],
        namespaces: [aNamespace('shop')],
        network: { name: 'antrea', objects: { Egress: [valueOf(read)], ExternalIPPool: [] } },
      },
      network,
    );
    expect(plan(snapshot, network).waiting).toMatchObject([{ reason: { code: 'ForeignEgress' } }]);
  });

  it('a pool of twenty thousand ranges leaves few that have all of its addresses', () => {
    const ipRanges = many((index) => {
      const address = `10.${index >> 8}.${index & 255}.${(index * 7) % 256}`;
      return { start: address, end: address };
    });
    const read = externalIPPoolKind.read({ metadata, spec: { ipRanges, nodeSelector: { matchLabels: { a: text } } } });
    const pool = valueOf(read);
    expect(JSON.stringify(pool).length).toBeLessThan(8_000);
    expect(read.problems).toMatchObject([{ field: 'spec.ipRanges' }]);
    const kept = pool.ipRanges.flatMap((range) => boundsOf(range) ?? []);
    const isKept = (range: IPRange): boolean => {
      const { first, last } = boundsOf(range) ?? { first: 0, last: 0 };
      return kept.some((other) => other.first <= first && last <= other.last);
    };
    expect(kept).toHaveLength(64);
    expect(ipRanges.every(isKept)).toBe(true);
  });

  it('a pool of ours to which somebody added thousands of ranges is left as it is', () => {
    const labels = { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' };
    const ipRanges = many((index) => ({
      start: `10.9.${index >> 8}.${index & 255}`,
      end: `10.9.${index >> 8}.${index & 255}`,
    }));
    const read = externalIPPoolKind.read({
      metadata: { name: 'egressip-ipam.pool.10-9-0-0-16', labels },
      spec: { ipRanges },
    });
    const snapshot = aSnapshot(
      {
        egressIPAMs: [anEgressIPAM(['10.9.0.0/16=a'])],
        nodes: [aNode('node1', 'a', { labels: { 'topology.kubernetes.io/zone': 'a', 'kubernetes.io/hostname': 'n' } })],
        namespaces: [],
        network: { name: 'antrea', objects: { Egress: [], ExternalIPPool: [valueOf(read)] } },
      },
      network,
    );
    expect(plan(snapshot, network).steps.filter(({ object }) => object.kind === 'ExternalIPPool')).toEqual([]);
  });
});
