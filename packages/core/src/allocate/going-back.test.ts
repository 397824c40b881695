import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import { ownAddresses } from '../claims/own-addresses.ts';
import { readClaims } from '../claims/read-claims.ts';
import { unclaimedHosted } from '../ledger/survey.ts';
import type { HostedAddress } from '../network-contract/facts.ts';
import type { EgressIPAMSnapshot, NamespaceSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM } from '../testing/builders.ts';
import { groundwork } from '../testing/groundwork.ts';
import { takeCooling } from './cool-down.ts';
import { GoingBack } from './going-back.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;

/** Namespaces that gave up their claims, or are gone, and what the network still hosts for them. */
function goingBack({
  namespaces = [],
  hosted = [],
  pool = {},
}: {
  readonly namespaces?: readonly NamespaceSnapshot[];
  readonly hosted?: readonly (Partial<HostedAddress> & { readonly address: Address })[];
  readonly pool?: Partial<EgressIPAMSnapshot>;
}): { readonly of: (namespace: string) => number; readonly ofTeam: (team: string) => number } {
  const entry = { node: 'n1', ours: true, namespace: 'gone', state: 'shown' } as const;
  const found = groundwork(
    {
      nodes: [aNode('n1')],
      egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=a'], pool)],
      namespaces,
      departed: [{ namespace: 'gone', egressIPAM: 'pool', addresses: [], labels: { team: 'blue' } }],
    },
    { hosts: [{ object: { kind: 'Host', name: 'n1' }, hosted: hosted.map((more) => ({ ...entry, ...more })) }] },
  );
  const { snapshot, ledger } = found;
  const read = readClaims({ ...found, refused: new Set(), lastOf: () => undefined });
  const { claims } = ownAddresses(read.claims, ledger, found.hosted);
  const cooling = takeCooling(snapshot, ledger);
  const unclaimed = unclaimedHosted(found.hosted, ledger);
  const back = new GoingBack(snapshot, { unsettled: claims, unclaimed, ledger, cooling });
  const named = found.pools.named('pool');
  if (named === undefined) throw new Error('there is no pool');
  return { of: (name) => back.countOf(name, named), ofTeam: (team) => back.countOfTeam(team, named) };
}

function optedOut(name: string, list: string, team?: string): NamespaceSnapshot {
  const labels = { name, ...(team === undefined ? {} : { team }) };
  const { egressIPAM: _, ...rest } = aNamespace(name, 0, { egressIPs: list, allocated: `pool/${list}`, labels });
  return rest;
}

const maxClaims = { teamLabel: 'team', perTeam: 1 };

describe('addresses that go back', () => {
  it('are what a namespace gave up, and what is still hosted for one that is gone', () => {
    const back = goingBack({
      namespaces: [optedOut('out', '10.0.0.1,10.0.1.1'), aNamespace('stays')],
      hosted: [{ address: at('10.0.0.7') }],
    });
    expect([back.of('out'), back.of('gone'), back.of('stays')]).toEqual([2, 1, 0]);
  });

  it('are each counted once, and none of another EgressIPAM or that a status remembers: those cool down already', () => {
    const namespaces = [optedOut('out', '10.0.0.1,10.0.0.2,10.9.0.1')];
    const hosted = [{ address: at('10.0.0.1'), namespace: 'out' }];
    expect(goingBack({ namespaces, hosted }).of('out')).toBe(2);
    const released = [{ namespace: 'out', addresses: ['10.0.0.1'], releasedAt: '2026-02-01T00:00:00Z' }];
    expect(goingBack({ namespaces, hosted, pool: { released } }).of('out')).toBe(1);
  });

  it('are none that another namespace has by now', () => {
    const list = { egressIPs: '10.0.0.2', allocated: 'pool/10.0.0.2' };
    const namespaces = [aNamespace('heir', 1, list), optedOut('out', '10.0.0.1,10.0.0.2')];
    expect(goingBack({ namespaces }).of('out')).toBe(1);
  });

  it("are none that somebody else put on a node (law 5), nor of nobody's", () => {
    const hosted = [
      { address: at('10.0.0.7'), ours: false },
      { address: at('10.0.0.8'), namespace: undefined },
    ];
    expect(goingBack({ hosted }).of('gone')).toBe(0);
  });

  it('are summed for each team, also of those that are gone, where the EgressIPAM limits teams', () => {
    const namespaces = [optedOut('one', '10.0.0.1', 'red'), optedOut('two', '10.0.0.2,10.0.0.3', 'red')];
    const hosted = [{ address: at('10.0.0.7') }, { address: at('10.0.0.9'), namespace: 'unknown' }];
    const back = goingBack({ namespaces: [...namespaces, optedOut('none', '10.0.0.4')], hosted, pool: { maxClaims } });
    expect(['red', 'blue', '', 'green'].map((team) => back.ofTeam(team))).toEqual([3, 1, 1, 0]);
    expect(goingBack({ namespaces, hosted }).ofTeam('red')).toBe(0);
  });

  it('are summed as those of one team where namespaces have no labels', () => {
    const { labels: _, ...bare } = optedOut('bare', '10.0.0.1');
    expect(goingBack({ namespaces: [bare], pool: { maxClaims } }).ofTeam('')).toBe(1);
  });
});
