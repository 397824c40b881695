import { describe, expect, it } from 'vitest';
import { readClaims } from '../claims/read-claims.ts';
import { unlimited, type NetworkFacts } from '../network-contract/facts.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import { parseCidrs } from '../parse/parse-lists.ts';
import type { ProviderObservation } from '../provider-contract/observation.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM } from '../testing/builders.ts';
import { groundwork } from '../testing/groundwork.ts';
import { Readiness, type Obstacle } from './readiness.ts';

type Parts = Partial<Omit<ClusterSnapshot, 'formatVersion'>>;

const anyNode = { usable: true, addresses: [], capacity: unlimited };

/** What stands in the way of namespace `shop` and an address of each CIDR. */
function obstacle(
  parts: Parts = {},
  told: Partial<NetworkFacts> = {},
  asked: Partial<NetworkTraits> = {},
): Obstacle | undefined {
  const found = groundwork(
    {
      nodes: [aNode('n1')],
      egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])],
      namespaces: [aNamespace('shop')],
      ...parts,
    },
    told,
    asked,
  );
  const [claim] = readClaims({ ...found, refused: new Set(), lastOf: () => undefined }).claims;
  const pool = found.pools.named('pool');
  if (claim === undefined || pool === undefined) throw new Error('nothing claims');
  const readiness = new Readiness(found.snapshot, found.facts, found.traits);
  return readiness.obstacleFor(claim, pool, pool.egressIPAM.open);
}

const provider = (observation?: ProviderObservation): Parts => ({
  provider: {
    ...{ name: 'cloud', attach: false, cloud: true, observationRequired: true },
    ...(observation === undefined ? {} : { observation }),
  },
});

it('nothing stands in the way where all is known and a node takes addresses', () => {
  expect(obstacle()).toBeUndefined();
  const seen = { nodes: [], cidrs: [{ cidr: '10.0.0.0/24', inUse: [], reserved: [] }] };
  expect(obstacle(provider(seen))).toBeUndefined();
});

describe('law 6: nothing is allocated', () => {
  it('before every watch has synced', () => {
    expect(obstacle({ unsynced: ['Node', 'Namespace'] })).toEqual({
      code: 'WaitingForSync',
      message: expect.stringMatching(/still reading Node, Namespace$/) as string,
    });
  });

  it('before the provider has told what is in use in the CIDR', () => {
    expect(obstacle(provider())).toMatchObject({
      code: 'WaitingForProvider',
      message: expect.stringMatching(/^nothing is allocated before provider cloud has told what is in use$/),
    });
    const otherCidr = { nodes: [], cidrs: [{ cidr: '10.9.0.0/24', inUse: [], reserved: [] }] };
    expect(obstacle(provider(otherCidr))).toMatchObject({
      code: 'WaitingForProvider',
      message: expect.stringMatching(/has not told yet what is in use in 10\.0\.0\.0\/24/),
    });
    const error = { class: 'throttled', message: 'too many calls' } as const;
    expect(obstacle(provider({ nodes: [], cidrs: [{ cidr: '10.0.0.0/24', error }] }))).toMatchObject({
      code: 'WaitingForProvider',
      message: expect.stringMatching(/cannot tell .* 10\.0\.0\.0\/24: too many calls/),
    });
  });
});

describe('law 4: nothing is promised that the network cannot carry', () => {
  const of = (namespace: string): NetworkFacts['obstacleOf'] => {
    const refused = { code: 'WaitingForNodes', message: 'it is stuck' } as const;
    return (name) => (name === namespace ? refused : undefined);
  };

  it('to a namespace for which it says so, or to anybody while it stands still', () => {
    expect(obstacle({}, { obstacleOf: of('shop') })?.message).toBe('it is stuck');
    expect(obstacle({}, { obstacleOf: of('other') })).toBeUndefined();
    const standstill = { code: 'WaitingForSync', message: 'it restarts' } as const;
    expect(obstacle({}, { standstill })).toBe(standstill);
  });

  it('of a family that it does not have, whichever of the CIDRs that is', () => {
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/24=a', 'fd00::/64=a'])];
    expect(obstacle({ egressIPAMs }, {}, { families: [4] })).toMatchObject({
      code: 'WaitingForNodes',
      message: expect.stringMatching(/no IPv6 egress addresses, and EgressIPAM pool asks for one of fd00::\/64/),
    });
  });

  it.each<readonly [string, Parts, Partial<NetworkFacts>, RegExp]>([
    ['has the label', { nodes: [aNode('n1', 'b')] }, {}, /^nothing of 10\.0\.0\.0\/24 can be given out: .*no node has/],
    ['that has it is up', { nodes: [aNode('n1', 'a', { ready: false })] }, {}, /^no node for .* takes addresses now/],
    ['that has it takes new ones', { nodes: [aNode('n1', 'a', { unschedulable: true })] }, {}, /takes addresses now/],
    ['that has it can be used', {}, { nodeOf: () => ({ ...anyNode, usable: false }) }, /takes addresses now/],
    [
      'that has it is in a subnet that meets the CIDR',
      {},
      { nodeOf: () => ({ ...anyNode, subnets: parseCidrs(['10.7.0.0/24']) }) },
      /=a has a subnet that meets 10\.0\.0\.0\/24; correct/,
    ],
  ])('while no node %s', (_what, parts, told, message) => {
    expect(obstacle(parts, told)).toEqual({
      code: 'WaitingForNodes',
      message: expect.stringMatching(message) as string,
    });
  });
});
