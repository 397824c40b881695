import { describe, expect, it } from 'vitest';
import { readEgressIPAM } from './read-egress-ipam.ts';
import type { EgressIPAMSnapshot } from './snapshot.ts';

const spec = { topologyLabel: 'zone', cidrAssignments: [{ CIDR: '10.0.0.0/24', labelValue: 'a' }] };

/** What is read, and the fields in which something is wrong. */
function read(more: object, status: object = {}): { readonly value: EgressIPAMSnapshot; readonly fields: unknown } {
  const result = readEgressIPAM({ metadata: { name: 'pool' }, spec: { ...spec, ...more }, status });
  if (!result.ok) throw new Error('it has a name');
  return { value: result.value, fields: result.problems.map(({ field }) => field) };
}

describe('an EgressIPAM', () => {
  it('is read with what it says, and nothing else', () => {
    expect(read({})).toEqual({ value: { name: 'pool', createdAt: '', ...spec }, fields: [] });
    const assignment = { CIDR: '10.0.0.0/24', labelValue: 'a', reservedIPs: ['10.0.0.9'], drain: false };
    expect(read({ cidrAssignments: [assignment], other: 1 }).value.cidrAssignments).toEqual([assignment]);
  });

  it('is of use without a topologyLabel, which is told: it finds no node', () => {
    const { value, fields } = read({ topologyLabel: undefined });
    expect([value.topologyLabel, fields]).toEqual(['', ['spec.topologyLabel']]);
  });

  it('keeps the place of a CIDR assignment that cannot be read, so that the others keep theirs', () => {
    const { value, fields } = read({ cidrAssignments: [7, { CIDR: 1, labelValue: 'a' }, ...spec.cidrAssignments] });
    expect(value.cidrAssignments.map(({ CIDR }) => CIDR)).toEqual(['', '', '10.0.0.0/24']);
    expect(fields).toContain('spec.cidrAssignments[1].CIDR');
  });

  it('keeps a destination that is no text as one that is none: without it more would leave by its addresses', () => {
    expect(read({ destinationCIDRs: ['10.0.0.0/8', 7] }).value.destinationCIDRs).toEqual(['10.0.0.0/8', '']);
  });

  it.each([0, -1, 1.5, '20'])('is reckoned with as many pods as usual where it says %j', (podsPerNamespace) => {
    const { value, fields } = read({ podsPerNamespace });
    expect(value).not.toHaveProperty('podsPerNamespace');
    expect(fields).toEqual(['spec.podsPerNamespace']);
  });
});

describe('a limit of claims per team', () => {
  it('is read where it is whole', () => {
    const maxClaims = { teamLabel: 'team', perTeam: 0, teams: [{ name: 'red', maxClaims: 3 }] };
    expect(read({ maxClaims })).toMatchObject({ value: { maxClaims }, fields: [] });
  });

  it.each([{}, 'red', { teamLabel: 'team' }, { perTeam: 2 }, { teamLabel: 'team', perTeam: -1 }])(
    'that says %j lets nobody else in: serving too few is safer than serving without one',
    (maxClaims) => {
      const { value, fields } = read({ maxClaims });
      expect(value.maxClaims?.perTeam).toBe(0);
      expect(fields).toContain('spec.maxClaims');
    },
  );

  it('leaves out a team that it cannot read', () => {
    const teams = [{ name: 'red', maxClaims: 1.5 }, { name: 'blue', maxClaims: 2 }, 'green'];
    const { value, fields } = read({ maxClaims: { teamLabel: 'team', perTeam: 1, teams } });
    expect(value.maxClaims?.teams).toEqual([{ name: 'blue', maxClaims: 2 }]);
    expect(fields).toEqual(['spec.maxClaims.teams[0]', 'spec.maxClaims.teams[2]']);
  });
});

it('of its status what was given back and what the cloud refused is read, where it says of what and since when', () => {
  const released = { namespace: 'shop', addresses: ['10.0.0.5', 7], releasedAt: '2026-02-01T00:00:00Z', team: 'red' };
  const refused = { address: '10.0.0.6', since: '2026-02-01T00:00:00Z' };
  const { value, fields } = read(
    {},
    {
      released: [released, { namespace: 'pay', addresses: [] }],
      refusedAddresses: [refused, { address: '10.0.0.7' }],
    },
  );
  expect(value.released).toEqual([{ ...released, addresses: ['10.0.0.5'] }]);
  expect(value.refused).toEqual([{ ...refused, reason: '' }]);
  expect(fields).toEqual(['status.released[0].addresses[1]']);
});
