import { describe, expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import { plain } from '../plain/plain-network.ts';
import { anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import { parseEgressIPAM, type ParsedEgressIPAM } from './parse-egress-ipam.ts';

function parsed(destinationCIDRs?: readonly string[], excludedCIDRs?: readonly string[]): ParsedEgressIPAM {
  return parseEgressIPAM(
    anEgressIPAM(['10.0.0.0/24=a'], {
      ...(destinationCIDRs && { destinationCIDRs }),
      ...(excludedCIDRs && { excludedCIDRs }),
    }),
  );
}

describe('destinations', () => {
  const all = { included: ['0.0.0.0/0'], excluded: [] };
  const all6 = { included: ['::/0'], excluded: [] };

  it('are everywhere where nothing is said', () => {
    for (const { destinations, findings } of [parsed(), parsed([]), parsed([], [])])
      expect({ destinations, findings }).toEqual({ destinations: { 4: all, 6: all6 }, findings: [] });
  });

  it('are said family by family, canonical, sorted and once each; a family of which nothing is said goes everywhere', () => {
    const { destinations, findings } = parsed(['203.0.113.0/24', '10.1.2.3/8', '10.0.0.0/8'], ['10.9.0.0/16']);
    expect(findings).toEqual([]);
    expect(destinations).toEqual({
      4: { included: ['10.0.0.0/8', '203.0.113.0/24'], excluded: ['10.9.0.0/16'] },
      6: all6,
    });
    expect(parsed(['2001:DB8::/32']).destinations).toEqual({
      4: all,
      6: { included: ['2001:db8::/32'], excluded: [] },
    });
    expect(parsed(undefined, ['198.51.100.0/24', 'fd00::/8']).destinations).toEqual({
      4: { ...all, excluded: ['198.51.100.0/24'] },
      6: { ...all6, excluded: ['fd00::/8'] },
    });
  });

  it.each([
    ['is a destination itself', ['10.0.0.0/8', '10.1.0.0/16'], '10.1.0.0/16'],
    ['is everything', undefined, '0.0.0.0/0'],
    ['contains a destination', ['10.1.0.0/16'], '10.0.0.0/8'],
    ['is elsewhere', ['10.1.0.0/16'], '192.0.2.0/24'],
  ])('an exclusion that %s is said, and left out', (_, destinationCIDRs, excluded) => {
    const { destinations, findings } = parsed(destinationCIDRs, ['10.1.2.0/24', excluded]);
    expect(findings).toMatchObject([
      {
        code: 'ExclusionWithoutEffect',
        field: 'spec.excludedCIDRs[1]',
        message: expect.stringContaining(excluded),
      },
    ]);
    expect(destinations?.[4].excluded).toEqual(['10.1.2.0/24']);
  });

  it('are unknown where an entry cannot be read, as without it they would be others', () => {
    const wrong = parsed(['10.0.0.0/8', '10.0.0.0/33'], ['x']);
    expect(wrong.destinations).toBeUndefined();
    expect(wrong.findings).toMatchObject([
      { code: 'InvalidDestination', severity: 'error', field: 'spec.destinationCIDRs[1]' },
      { code: 'InvalidDestination', severity: 'error', field: 'spec.excludedCIDRs[0]' },
    ]);
  });
});

describe('a network that cannot tell destinations apart', () => {
  const blind: NetworkBackend = {
    ...plain,
    traits: (settings, platform) => {
      const { choosesDestinations: _choosesDestinations, ...traits } = plain.traits(settings, platform);
      return traits;
    },
  };
  const cluster = (more: object) =>
    aSnapshot({ nodes: [aNode('n1')], egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], more)] });

  it('says of each field that it has no effect', () => {
    const both = cluster({ destinationCIDRs: ['10.0.0.0/8'], excludedCIDRs: ['10.1.0.0/16'] });
    expect(plan(both, blind).findings).toMatchObject([
      { code: 'DestinationsNotSupported', object: { name: 'pool' }, field: 'spec.destinationCIDRs' },
      { code: 'DestinationsNotSupported', object: { name: 'pool' }, field: 'spec.excludedCIDRs' },
    ]);
    expect(plan(both).findings).toEqual([]);
    expect(plan(cluster({ destinationCIDRs: [] }), blind).findings).toEqual([]);
  });
});
