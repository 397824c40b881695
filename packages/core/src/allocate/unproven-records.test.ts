import { describe, expect, it } from 'vitest';
import { parseAddress } from '../address/address.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import { plain } from '../plain/plain-network.ts';
import { plan } from '../plan/planner.ts';
import type { Plan } from '../plan/plan-types.ts';
import type { NamespaceSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';

/** A network whose objects prove what namespaces have: the second address of `gone`, and nothing else. */
const proving: NetworkBackend = {
  ...plain,
  traits: (settings, platform) => ({ ...plain.traits(settings, platform), provesAllocations: true }),
  createFactsReader: (...parts) => {
    const reader = plain.createFactsReader(...parts);
    const addresses = [parseAddress('10.0.1.1')].flatMap((address) => address ?? []);
    const binding = { namespace: 'gone', object: { kind: 'Binding', name: 'gone' }, ours: true, unconfirmed: [] };
    return {
      read: (...input) => ({ ...reader.read(...input), bindings: new Map([['gone', { ...binding, addresses }]]) }),
    };
  },
};

const planWith = (...namespaces: readonly NamespaceSnapshot[]): Plan =>
  plan(
    aSnapshot({
      nodes: [aNode('n1', 'a'), aNode('n2', 'b'), aNode('n3', 'c')],
      egressIPAMs: [
        anEgressIPAM(['10.0.0.0/30=a', '10.0.1.0/29=b']),
        anEgressIPAM(['10.0.2.0/30=c'], { name: 'second', createdAt: '2026-01-01T00:00:01Z' }),
      ],
      namespaces,
    }),
    proving,
  );

function optedOut(name: string, ...addresses: readonly string[]): NamespaceSnapshot {
  const list = addresses.join(',');
  const { egressIPAM: _, ...rest } = aNamespace(name, 0, { egressIPs: list, allocated: `pool/${list}` });
  return rest;
}

const allocated = ({ allocations }: Plan): readonly string[] =>
  allocations.map(({ namespace, addresses }) => `${namespace} ${addresses.join(' ')}`);

describe('law 1: an unproven address on the record of a namespace that gives back what is proven', () => {
  const gone = optedOut('gone', '10.0.0.1', '10.0.1.1');

  it('is given to others once there is no other, so that the record goes first', () => {
    const result = planWith(gone, aNamespace('a', 1));
    expect(allocated(result)).toEqual(['a 10.0.0.2 10.0.1.2']);
    expect(result.egressIPAMs[0]?.cidrs[0]).toMatchObject({ allocated: 1, free: '1' });
    expect(allocated(planWith(gone, aNamespace('a', 1), aNamespace('b', 2)))).toEqual([
      'a 10.0.0.2 10.0.1.2',
      'b 10.0.0.1 10.0.1.3',
    ]);
  });

  it('is given to who asks for it by name', () => {
    const asks = aNamespace('asks', 1, { egressIPs: '10.0.0.1,10.0.1.5' });
    expect(allocated(planWith(gone, asks))).toEqual(['asks 10.0.0.1 10.0.1.5']);
  });

  it('is nothing that a record alone keeps from anybody (law 11)', () => {
    const writes = optedOut('writes', '10.0.0.1', '10.0.1.2');
    expect(allocated(planWith(writes, aNamespace('a', 1)))).toEqual(['a 10.0.0.1 10.0.1.2']);
  });
});

describe('law 1: an unproven address on the record of a namespace that goes over to another EgressIPAM', () => {
  const over = aNamespace('over', 0, { egressIPs: '10.0.2.1', allocated: 'second/10.0.2.1' });
  const inSecond = (name: string, age: number): NamespaceSnapshot => aNamespace(name, age, { egressIPAM: 'second' });

  it('is given to others once there is no other: both records are written at once, and the older may come last', () => {
    expect(allocated(planWith(over, inSecond('a', 1)))).toEqual(['a 10.0.2.2', 'over 10.0.0.1 10.0.1.2']);
    expect(allocated(planWith(over, inSecond('a', 1), inSecond('b', 2)))).toEqual([
      'a 10.0.2.2',
      'b 10.0.2.1',
      'over 10.0.0.1 10.0.1.2',
    ]);
  });
});
