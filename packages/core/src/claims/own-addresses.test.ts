import { describe, expect, it } from 'vitest';
import { formatAddress, type Address } from '../address/address.ts';
import type { ClaimIndex } from '../ledger/indexes.ts';
import type { BindingFacts, HostedAddress, HostFacts, NetworkFacts } from '../network-contract/facts.ts';
import { parseNamespace } from '../parse/parse-namespace.ts';
import { parseAddresses } from '../parse/parse-lists.ts';
import type { EgressIPAMSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM } from '../testing/builders.ts';
import { groundwork, type Groundwork } from '../testing/groundwork.ts';
import type { Claim } from './claim.ts';
import { markReleasing, markRemembered, ownAddresses, type OwnedClaims } from './own-addresses.ts';

const [one = 0, two = 0] = parseAddresses(['10.0.0.1', '10.0.0.2']);

const ground = (pool: Partial<EgressIPAMSnapshot> = {}, told: Partial<NetworkFacts> = {}): Groundwork =>
  groundwork({ nodes: [aNode('n1'), aNode('n2')], egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], pool)] }, told);

/** Claims in the order of their names, the first the youngest. */
function claimsOf(...parts: readonly (Partial<Claim> & { readonly name: string })[]): readonly Claim[] {
  return parts.map(({ name, ...more }, index) => ({
    ...{ namespace: parseNamespace(aNamespace(name, -index)), index: index as ClaimIndex, binding: undefined },
    ...{ pool: undefined, from: undefined, kept: [], leaving: [], edited: false, isSettled: true },
    intent: { kind: 'keep' },
    ...more,
  }));
}

const binds = (namespace: string, more: Partial<BindingFacts> = {}): BindingFacts => ({
  ...{ namespace, object: { kind: 'Binding', name: namespace }, ours: true, addresses: [one], unconfirmed: [] },
  ...more,
});

const hosts = (namespace: string, more: Partial<HostedAddress> = {}): readonly HostFacts[] => [
  {
    object: { kind: 'Host', name: 'n1' },
    hosted: [{ address: one, node: 'n1', ours: true, namespace, state: 'shown', ...more }],
  },
];

const have = ({ claims }: OwnedClaims): readonly string[] =>
  claims.map(({ namespace, kept }) => [namespace.name, ...kept.map(formatAddress)].join(' '));

it('an address that three claims keep is of the oldest, of whom the others are told, and what else has it too', () => {
  const { ledger, hosted } = ground();
  ledger.take(one);
  const claims = claimsOf({ name: 'a', kept: [one] }, { name: 'b', kept: [one] }, { name: 'c', kept: [one] });
  const owned = ownAddresses(claims, ledger, hosted);
  expect(have(owned)).toEqual(['a', 'b', 'c 10.0.0.1']);
  const told = owned.claims.map(({ intent }) => (intent.kind === 'blocked' ? intent.finding.message : undefined));
  const whose = expect.stringContaining('belongs to namespace c;') as string;
  expect(told).toEqual([whose, whose, undefined]);
  expect(owned.contested.map(({ claim }) => claim.namespace.name)).toEqual(['c']);
});

describe('an address that two claims keep', () => {
  /** @param carrier the node whose interface has the address, where one has */
  const owners = (
    young: Partial<Claim>,
    old: Partial<Claim>,
    told: Partial<NetworkFacts> = {},
    carrier?: string,
  ): OwnedClaims => {
    const { ledger, hosted, nodes } = ground({}, told);
    const node = carrier === undefined ? undefined : nodes.indexOf(carrier);
    if (node !== undefined) ledger.attachment.set(ledger.slotOf(one), node);
    const claims = claimsOf({ name: 'a', kept: [one], ...young }, { name: 'b', kept: [two, one], ...old });
    const owned = ownAddresses(claims, ledger, hosted);
    const winner = owned.claims.findIndex(({ kept }) => kept.includes(one));
    expect(ledger.owner.at(ledger.slotOf(one))).toBe(winner);
    expect(ledger.owner.at(ledger.slotOf(two))).toBe(1);
    return owned;
  };

  it('is of the older one, and the other is blocked and told whose it is', () => {
    const owned = owners({}, {});
    expect(have(owned)).toEqual(['a', 'b 10.0.0.2 10.0.0.1']);
    expect(owned.claims[0]?.intent).toMatchObject({
      kind: 'blocked',
      finding: {
        code: 'DuplicateAddress',
        addresses: ['10.0.0.1'],
        message: expect.stringContaining('belongs to namespace b;'),
      },
    });
    expect(owned.unsettled.map(({ namespace }) => namespace.name)).toEqual(['a']);
  });

  it('is of the one that carries traffic by it before that; by certain objects before by a record alone', () => {
    const toYoung = ['a 10.0.0.1', 'b 10.0.0.2'];
    expect(have(owners({ binding: binds('a') }, {}))).toEqual(toYoung);
    expect(have(owners({ binding: binds('a') }, { binding: binds('b', { byRecord: true }) }))).toEqual(toYoung);
    expect(have(owners({ binding: binds('a') }, { binding: binds('b') }))).toEqual(['a', 'b 10.0.0.2 10.0.0.1']);
  });

  it('is of the one for which a node has it before that, too: not where that is on record alone, pending, or without the interface', () => {
    const haveWith = (told: readonly HostFacts[], carrier?: string): readonly string[] =>
      have(owners({ binding: binds('a') }, { binding: binds('b') }, { hosts: told }, carrier));
    expect(haveWith(hosts('a'))).toEqual(['a 10.0.0.1', 'b 10.0.0.2']);
    expect(haveWith(hosts('a'), 'n1')).toEqual(['a 10.0.0.1', 'b 10.0.0.2']);
    expect(haveWith(hosts('a'), 'n2')).toEqual(['a', 'b 10.0.0.2 10.0.0.1']);
    for (const state of ['recorded', 'unconfirmed'] as const)
      expect(haveWith(hosts('a', { state }))).toEqual(['a', 'b 10.0.0.2 10.0.0.1']);
  });

  it("is contested where the loser's object is somebody else's, as that goes on binding it", () => {
    const foreign = binds('a', { ours: false });
    expect(owners({ binding: foreign }, { binding: binds('b') }).contested).toMatchObject([
      { claim: { namespace: { name: 'b' } }, address: one, boundBy: { kind: 'Binding', name: 'a' } },
    ]);
    expect(owners({ binding: binds('a') }, { binding: binds('b') }, { hosts: hosts('b') }).contested).toEqual([]);
  });
});

it('a kept address that is taken already stays with its claim, and is contested', () => {
  const { ledger, hosted } = ground();
  ledger.take(two);
  const claims = claimsOf({ name: 'a', kept: [one, two] });
  const owned = ownAddresses(claims, ledger, hosted);
  expect(owned.claims).toBe(claims);
  expect(owned.unsettled).toEqual([]);
  expect(owned.contested).toEqual([{ claim: claims[0], address: two }]);
  expect(ledger.isTaken(one)).toBe(true);
});

describe('what claims give back', () => {
  const release = { kind: 'release', scope: 'all' } as const;
  const state = ({ ledger }: Groundwork, address: Address): readonly boolean[] => [
    ledger.isMarked(ledger.slotOf(address), 'releasing'),
    ledger.isTaken(address),
  ];

  it('is taken and on its way out, but for what another claim has', () => {
    const found = ground();
    const claims = claimsOf({ name: 'a', leaving: [one, two], intent: release }, { name: 'b', kept: [two] });
    ownAddresses(claims, found.ledger, found.hosted);
    markReleasing(claims, found.pools, found.ledger);
    expect([state(found, one), state(found, two)]).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  it("is nobody else's until its record is cleared, as far as our status remembers it; a record alone keeps nothing", () => {
    const found = ground({
      released: [{ namespace: 'a', addresses: ['10.0.0.1'], releasedAt: '2026-01-01T00:00:00Z' }],
    });
    const namespace = parseNamespace(aNamespace('a', 0, { allocated: 'pool/10.0.0.1,10.0.0.2' }));
    markReleasing(claimsOf({ name: 'a', namespace, intent: release }), found.pools, found.ledger);
    expect([found.ledger.isTaken(one), found.ledger.isTaken(two)]).toEqual([true, false]);
  });

  it('is on its way out where the network places and our status remembers it, as far as interfaces still carry it', () => {
    const released = [{ namespace: 'a', addresses: ['10.0.0.1', '10.0.0.2'], releasedAt: '2026-01-01T00:00:00Z' }];
    const mark = (placement: 'us' | 'network'): readonly boolean[] => {
      const parts = { nodes: [aNode('n1')], egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], { released })] };
      const { ledger, pools, nodes } = groundwork(parts, {}, { placement: () => placement });
      const node = nodes.indexOf('n1');
      if (node !== undefined) ledger.attachment.set(ledger.slotOf(one), node);
      markRemembered(pools, ledger);
      return [one, two].map((address) => ledger.isMarked(ledger.slotOf(address), 'releasing'));
    };
    expect(mark('network')).toEqual([true, false]);
    expect(mark('us')).toEqual([false, false]);
  });
});
