import { describe, expect, it } from 'vitest';
import { cidrsOf, isReadBy, isSeenIn } from './platform-objects.ts';

const resource = { group: 'example.com', version: 'v1', plural: 'machines', kind: 'Machine' };
const object = { kind: 'Machine', metadata: { namespace: 'egress', name: 'one' } };

describe('objects of a provider', () => {
  it('are read where they are in its namespace, and of its name', () => {
    const isRead = (place: object, operatorNamespace?: string): boolean =>
      isReadBy({ resource, ...place }, object, operatorNamespace);
    expect([isRead({}), isRead({ namespace: 'egress' }), isRead({ namespace: 'other' })]).toEqual([true, true, false]);
    expect([isRead({ name: 'one' }), isRead({ name: 'two' })]).toEqual([true, false]);
    const ofOperator = { namespace: { of: 'operator' } } as const;
    expect([isRead(ofOperator, 'egress'), isRead(ofOperator, 'other'), isRead(ofOperator)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(isReadBy({ resource, ...ofOperator }, undefined)).toBe(false);
  });

  it('are there as its own isEquipped says, or where there is any of them', () => {
    const fromObjects = {
      kinds: [{ resource, read: () => ({ ok: false, problems: [] }) as const }],
      observe: () => ({ nodes: [], cidrs: [] }),
    };
    const provider = {
      specificationVersion: 'v1',
      name: 'example',
      platforms: { types: [], providerIDPrefixes: [] },
      capabilities: { attach: true },
    } as const;
    const [some, none] = [() => [object], () => []];
    expect([isSeenIn({ ...provider, fromObjects }, some), isSeenIn({ ...provider, fromObjects }, none)]).toEqual([
      true,
      false,
    ]);
    const choosy = { ...provider, fromObjects, isEquipped: () => false };
    expect([isSeenIn(choosy, some), isSeenIn({ ...provider, isEquipped: () => true }, some)]).toEqual([false, false]);
  });

  it('are asked about every CIDR once, in canonical text, and nothing that is none', () => {
    const cidrAssignments = ['10.0.1.0/24', '10.0.0.9/24', 'nonsense', 'FD00:0::/64'].map((CIDR) => ({
      CIDR,
      labelValue: 'a',
    }));
    expect(cidrsOf([{ cidrAssignments }, { cidrAssignments }])).toEqual(['10.0.0.0/24', '10.0.1.0/24', 'fd00::/64']);
  });
});
