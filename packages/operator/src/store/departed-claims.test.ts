import type { Allocation, NamespaceSnapshot } from '@egressip-ipam/core';
import { anEgressIPAM } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { DepartedClaims } from './departed-claims.ts';

const pool = anEgressIPAM(['10.0.0.0/24=a'], { maxClaims: { teamLabel: 'team', perTeam: 1 } });
const namespace = (name: string, addresses: string): NamespaceSnapshot => ({
  name,
  createdAt: '2026-01-01T00:00:00Z',
  labels: { team: 'blue', other: 'x'.repeat(300) },
  egressIPAM: 'pool',
  allocated: `pool/${addresses}`,
});
const entry = (name: string, ...addresses: readonly string[]) => ({
  namespace: name,
  addresses,
  releasedAt: '2026-01-01T00:00:00Z',
});
const noting = (...namespaces: readonly NamespaceSnapshot[]): DepartedClaims => {
  const claims = new DepartedClaims();
  for (const each of namespaces) claims.note(each, [pool]);
  return claims;
};

describe('the claims of namespaces that went away', () => {
  it('are what they had, and the labels that tell teams, until a status remembers all of it', () => {
    const claims = noting(namespace('shop', '10.0.0.1,10.0.0.2'), { ...namespace('none', ''), allocated: 'pool/' });
    const shop = {
      namespace: 'shop',
      egressIPAM: 'pool',
      addresses: ['10.0.0.1', '10.0.0.2'],
      labels: { team: 'blue' },
    };
    expect(claims.list([pool])).toEqual([shop]);
    // What it gave back before says nothing of what it had in the end.
    expect(claims.list([{ ...pool, released: [entry('shop', '10.0.0.1', '10.0.0.9')] }])).toEqual([shop]);
    expect(claims.list([{ ...pool, released: [entry('shop', '10.0.0.1'), entry('shop', '10.0.0.2')] }])).toEqual([]);
  });

  it('tell what the last plan let them keep, which needs no other proof, and nothing that was only asked for', () => {
    const claims = noting(
      namespace('shop', '10.0.0.1,10.0.0.2'),
      namespace('web', '10.0.0.3'),
      namespace('new', '10.0.0.4'),
    );
    const given = (name: string, source: Allocation['source'], addresses: readonly string[], egressIPAM = 'pool') => ({
      ...{ namespace: name, egressIPAM, source, addresses, nodes: addresses.map(() => null), carried: true },
    });
    const last = [
      given('new', 'new', ['10.0.0.4']),
      given('shop', 'kept', ['10.0.0.1']),
      given('web', 'kept', ['10.0.0.3'], 'other'),
    ];
    const kept = claims.list([pool], last).map((claim) => [claim.namespace, claim.kept]);
    expect(kept).toEqual([
      ['shop', ['10.0.0.1']],
      ['web', undefined],
      ['new', undefined],
    ]);
    // A later plan knows nothing of it any more.
    expect(claims.list([pool], [])[0]).toMatchObject({ kept: ['10.0.0.1'] });
  });

  it('are what a plan remembers of them, and nothing that was never given to them', () => {
    const claims = noting(
      namespace('shop', '10.0.0.1,10.0.0.7'),
      namespace('thief', '10.0.0.1'),
      namespace('late', '10.0.0.3'),
    );
    claims.settle([{ released: [entry('shop', '10.0.0.1')], late: [entry('late', '10.0.0.3')] }]);
    expect(claims.list([pool]).map(({ namespace: name, addresses }) => [name, addresses])).toEqual([
      ['shop', ['10.0.0.1']],
      ['late', ['10.0.0.3']],
    ]);
  });

  it('are bounded until there is a plan, the oldest first', () => {
    const names = Array.from({ length: 10_001 }, (_, index) => `n${index}`);
    const listed = noting(...names.map((name) => namespace(name, '10.0.0.1'))).list([pool]);
    expect([listed.length, listed[0]?.namespace]).toEqual([10_000, 'n1']);
  });
});
