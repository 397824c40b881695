import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import { ownAddresses } from '../claims/own-addresses.ts';
import { readClaims } from '../claims/read-claims.ts';
import { AddressUsers } from '../ledger/address-users.ts';
import { unlimited, type HostFacts, type NetworkFacts } from '../network-contract/facts.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import { parseCidrs } from '../parse/parse-lists.ts';
import { Placer } from '../place/placer.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM } from '../testing/builders.ts';
import { groundwork, type Groundwork } from '../testing/groundwork.ts';
import { allocate, type Allocated } from './allocate.ts';
import { takeCooling } from './cool-down.ts';
import { GoingBack } from './going-back.ts';
import { Readiness } from './readiness.ts';

type Parts = Partial<Omit<ClusterSnapshot, 'formatVersion'>>;

const at = (text: string): Address => parseAddress(text) ?? 0;

/** @param before what was decided a plan before of the same claims */
function allocateOn(found: Groundwork, before?: Allocated): Allocated {
  const { snapshot, facts, traits, ledger, hosted, nodes } = found;
  const last = before?.allotments ?? [];
  const read = readClaims({ ...found, refused: facts.refused, lastOf: () => undefined });
  const { claims, unsettled } = ownAddresses(read.claims, ledger, hosted);
  const cooling = takeCooling(snapshot, ledger);
  return allocate({
    ...{ unsettled, ledger, nodes, facts, cooling, last },
    claims: before === undefined ? claims : last.map(({ claim }) => claim),
    placer: new Placer(ledger, nodes),
    users: new AddressUsers(snapshot, facts, { known: [], supposed: [] }),
    goingBack: new GoingBack(snapshot, { unsettled, unclaimed: [], ledger, cooling }),
    recordsFirst: false,
    limits: { mostNew: Infinity, isHeldUp: () => false },
    readiness: new Readiness(snapshot, facts, traits),
  });
}

/** Two zones with a node each, and an EgressIPAM with a small CIDR in each. */
const ground = (parts: Parts, told?: Partial<NetworkFacts>, asked?: Partial<NetworkTraits>): Groundwork =>
  groundwork(
    {
      nodes: [aNode('n1', 'a'), aNode('n2', 'b')],
      egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a', '10.0.1.0/30=b'])],
      ...parts,
    },
    told,
    asked,
  );

const inShort = ({ allotments }: Allocated): readonly string[] =>
  allotments.map(({ namespace, source, addresses, waiting }) =>
    [namespace, waiting?.code ?? source, ...addresses.map(formatAddress)].join(' '),
  );

const record = (list: string): { egressIPs: string; allocated: string } => ({
  egressIPs: list,
  allocated: `pool/${list}`,
});

describe('allocating', () => {
  it('gives each claim the lowest free address of each CIDR on nodes of its own, the oldest first', () => {
    const found = ground({ namespaces: [aNamespace('a', 2), aNamespace('b', 1), aNamespace('c', 3)] });
    const allocated = allocateOn(found);
    expect(inShort(allocated)).toEqual(['a new 10.0.0.2 10.0.1.2', 'b new 10.0.0.1 10.0.1.1', 'c WaitingForAddress']);
    const { ledger, nodes } = found;
    const nodeOf = (text: string): number | undefined => ledger.placement.at(ledger.slotOf(at(text)));
    expect([nodeOf('10.0.0.1'), nodeOf('10.0.1.1')]).toEqual([nodes.indexOf('n1'), nodes.indexOf('n2')]);
    expect(ledger.owner.at(ledger.slotOf(at('10.0.0.2')))).toBe(0);
  });

  it('law 4: gives all or nothing, and what it tried for one that waits is free for the next', () => {
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/29=a', '10.0.1.0/30=z'])];
    const noNode = allocateOn(ground({ egressIPAMs, namespaces: [aNamespace('a')] }));
    expect(inShort(noNode)).toEqual(['a WaitingForNodes']);
    const full = ground({ namespaces: [aNamespace('a')] });
    for (const text of ['10.0.1.1', '10.0.1.2']) full.ledger.take(at(text));
    const result = allocateOn(full);
    expect(inShort(result)).toEqual(['a WaitingForAddress']);
    expect(result.findings).toMatchObject([{ code: 'WaitingForAddress', object: { name: 'a' } }]);
    expect(full.ledger.isTaken(at('10.0.0.1'))).toBe(false);
    expect(full.ledger.placement.has(full.ledger.slotOf(at('10.0.0.1')))).toBe(false);
  });

  it('law 3: makes a claim wait whose addresses would share a node', () => {
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/29=a', '10.0.1.0/30=a'])];
    const found = ground({ egressIPAMs, namespaces: [aNamespace('a')] });
    expect(inShort(allocateOn(found))).toEqual(['a WaitingForCapacity']);
    expect(found.ledger.isTaken(at('10.0.1.1'))).toBe(false);
  });

  it('fills what is missing beside what a claim has; one that waits is told what it keeps until then', () => {
    const namespaces = [aNamespace('a', 0, record('10.0.1.2'))];
    const { allotments } = allocateOn(ground({ namespaces }));
    expect(allotments.map(({ addresses, source, added }) => ({ addresses, source, added }))).toEqual([
      {
        addresses: [at('10.0.0.1'), at('10.0.1.2')],
        source: 'kept',
        added: { addresses: [at('10.0.0.1')], source: 'new' },
      },
    ]);
    const [waits] = allocateOn(ground({ namespaces, nodes: [aNode('n2', 'b')] })).allotments;
    expect(waits?.addresses).toEqual([at('10.0.1.2')]);
    expect(waits?.waiting?.message).toMatch(/; until then it keeps 10\.0\.1\.2$/);
  });

  it('gives a namespace back what cools down for it, and that to nobody else', () => {
    const released = [{ namespace: 'b', addresses: ['10.0.0.1'], releasedAt: '2026-02-01T00:00:00Z' }];
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/29=a'], { released, coolDown: '1h' })];
    const namespaces = [aNamespace('a', 0), aNamespace('b', 1)];
    expect(inShort(allocateOn(ground({ egressIPAMs, namespaces })))).toEqual(['a new 10.0.0.2', 'b returned 10.0.0.1']);
  });

  it('passes over addresses whose nodes are full where other nodes can carry others', () => {
    const told: Partial<NetworkFacts> = {
      nodeOf: (name) => {
        const [subnet, ipv4] = name === 'n1' ? ['10.0.0.0/30', 0] : ['10.0.0.4/30', Infinity];
        return { usable: true, addresses: [], subnets: parseCidrs([subnet]), capacity: { ...unlimited, ipv4 } };
      },
    };
    const parts = { nodes: [aNode('n1'), aNode('n2')], egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])] };
    expect(inShort(allocateOn(ground({ ...parts, namespaces: [aNamespace('a')] }, told)))).toEqual(['a new 10.0.0.4']);
  });

  it('places nothing new where the network chooses among the nodes of a CIDR', () => {
    const found = ground({ namespaces: [aNamespace('a')] }, {}, { placement: () => 'us-by-cidr' });
    expect(inShort(allocateOn(found))).toEqual(['a new 10.0.0.1 10.0.1.1']);
    expect(found.ledger.placement.has(found.ledger.slotOf(at('10.0.0.1')))).toBe(false);
  });
});

describe('a claim that is settled', () => {
  const hosts = (node: string): readonly HostFacts[] => [
    {
      object: { kind: 'Host', name: node },
      hosted: [{ address: at('10.0.0.1'), node, ours: true, namespace: 'a', state: 'shown' }],
    },
  ];
  const parts: Parts = {
    egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])],
    namespaces: [aNamespace('a', 0, record('10.0.0.1'))],
  };

  it('is decided as it was, by the same object, for as long as it stays where it is', () => {
    const first = allocateOn(ground(parts, { hosts: hosts('n1') }));
    const again = (node: string): Allocated => allocateOn(ground(parts, { hosts: hosts(node) }), first);
    expect(again('n1').allotments[0]).toBe(first.allotments[0]);
    expect(again('n1').unusual).toEqual([]);
    expect(again('n2').allotments[0]).not.toBe(first.allotments[0]);
    expect(again('n2').unusual).toHaveLength(1);
  });
});
