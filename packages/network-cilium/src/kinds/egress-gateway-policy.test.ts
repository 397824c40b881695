import { plan } from '@egressip-ipam/core';
import { aNamespace } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { network } from '../network.ts';
import { aCluster, settings } from '../testing/cluster.ts';
import { egressGatewayPolicyKind } from './egress-gateway-policy.ts';

/** A map that none of these policies fills. */
const roomy = { ...settings, mapSize: 1e9 };
/** Characters of JSON that a policy leaves, at its longest. */
const longest = 48_000;
const count = 22_000;

function read(spec: object, metadata: object = {}) {
  const result = egressGatewayPolicyKind.read({
    metadata: { name: 'theirs', ...metadata },
    spec: {
      selectors: [],
      destinationCIDRs: ['0.0.0.0/0'],
      egressGateway: { nodeSelector: {}, egressIP: '10.0.0.1' },
      ...spec,
    },
  });
  if (!result.ok) throw new Error('it is not read');
  return { entry: result.value, told: result.problems.map(({ field, message }) => `${field}: ${message}`) };
}

const many = <Value>(make: (index: number) => Value): readonly Value[] =>
  Array.from({ length: count }, (_, index) => make(index));
const ofTeam = (team: string, app = '') => ({
  namespaceSelector: { matchLabels: { team } },
  ...(app === '' ? {} : { podSelector: { matchLabels: { app } } }),
});
const waitingFor = (spec: object, more: Parameters<typeof aCluster>[0] = {}) =>
  plan(
    aCluster({
      namespaces: [aNamespace('shop', 0, { labels: { team: 'red' } })],
      policies: [read(spec).entry],
      ...more,
    }),
    network,
  ).waiting;

describe('a policy of somebody else as long as the API server takes it', () => {
  it.each([
    ['rules', { selectors: many((index) => ofTeam(`team-${index}`)) }],
    [
      'values in each of a few rules',
      {
        selectors: Array.from({ length: 10 }, (_, rule) => ({
          podSelector: {
            matchExpressions: [{ key: `k${rule}`, operator: 'In', values: many(String).slice(0, 1_500) }],
          },
        })),
      },
    ],
    ['destinations', { destinationCIDRs: many((index) => `10.${index >> 8}.${index & 255}.0/24`) }],
    ['exclusions', { excludedCIDRs: many((index) => `10.${index >> 8}.${index & 255}.0/24`) }],
  ])(
    'with %s without end leaves little, says so, and counts as one for any namespace that it may be for',
    (_, spec) => {
      const { entry, told } = read({ selectors: [ofTeam('red')], ...spec });
      expect(JSON.stringify(entry).length).toBeLessThan(longest);
      expect(told).not.toEqual([]);
      const policies = { name: 'cilium', settings: roomy, objects: { CiliumEgressGatewayPolicy: [entry] } };
      const waiting = waitingFor({}, { network: policies });
      expect(waiting).toMatchObject([{ reason: { code: 'ForeignPolicy' } }]);
    },
  );

  it('says that it is too long to be read whole, where that is why a claim waits', () => {
    const [waiting] = waitingFor({ selectors: many((index) => ofTeam(`team-${index}`)) });
    expect(waiting?.reason.message).toContain('theirs is too long to be read whole, and may select pods');
  });

  it('is read whole where its rules differ in pods alone', () => {
    const { entry, told } = read({ selectors: many((index) => ofTeam('red', `app-${index}`)) });
    expect(told).toEqual([]);
    expect(entry.selectors).toEqual([{ namespaceSelector: { matchLabels: { team: 'red' } } }]);
    expect(waitingFor({ selectors: many((index) => ofTeam('blue', `app-${index}`)) })).toEqual([]);
    expect(waitingFor({ selectors: many((index) => ofTeam('red', `app-${index}`)) })).toHaveLength(1);
  });

  it('has its address to itself, and as many entries of the map as it has CIDRs', () => {
    const destinationCIDRs = many((index) => `198.51.${index >> 8}.${index & 255}/32`);
    const { entry } = read({ selectors: [ofTeam('blue')], destinationCIDRs });
    expect(entry.gateways).toMatchObject([{ egressIP: '10.0.0.1' }]);
    expect(entry.destinationCIDRs.length + (entry.moreCIDRs?.[4] ?? 0)).toBe(count);
    expect(waitingFor({ selectors: [ofTeam('blue')], destinationCIDRs })).toMatchObject([
      { reason: { code: 'PolicyMapFull' } },
    ]);
  });

  it('leaves nothing of texts that are no address, no interface and no note', () => {
    const text = 'x'.repeat(1_000_000);
    const gateway = { nodeSelector: { matchLabels: { [text]: text } }, egressIP: text, interface: text };
    const annotations = { 'egressip-ipam-operator.redhat-cop.io/reserve': text };
    const { entry } = read({ egressGateway: gateway, destinationCIDRs: [text] }, { annotations });
    expect(JSON.stringify(entry).length).toBeLessThan(1_000);
    const labels = { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' };
    expect(JSON.stringify(read({}, { annotations, labels }).entry).length).toBeLessThan(1_000);
  });
});
