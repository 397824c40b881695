import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import type { ClaimDecision, EgressIPAMDecision, NetworkDecisions, NodeStanding } from './decisions.ts';
import { unlimited, type NetworkFacts, type NodeCapacity } from './facts.ts';
import { NodeUses } from './node-uses.ts';

interface Scene {
  /** By node: what is asked of it. Those whose name begins with `x` are of no EgressIPAM. */
  readonly nodes: Readonly<Record<string, NodeStanding>>;
  /** By namespace: its addresses, each with its node. */
  readonly claims: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly capacity?: NodeCapacity;
}

const addressOf = (text: string): Address => parseAddress(text) ?? 0;

/** What of a plan the uses of nodes go by. */
function usesIn({ nodes, claims, capacity = unlimited }: Scene): NodeUses {
  const selected = Object.keys(nodes).filter((name) => !name.startsWith('x'));
  const candidates = selected.filter((name) => nodes[name] === 'open');
  const egressIPAM = { name: 'pool', deleting: false, assignments: [{ selected, candidates }] };
  const hosts = new Map(
    Object.entries(claims).flatMap(([, list]) =>
      Object.entries(list).map(([text, node]) => [addressOf(text), node] as const),
    ),
  );
  const owners = new Map(
    Object.entries(claims).flatMap(([namespace, list]) => {
      const addresses = Object.keys(list).map(addressOf);
      const claim = { namespace, egressIPAM, addresses } as unknown as ClaimDecision;
      return addresses.map((address) => [address, claim] as const);
    }),
  );
  const decisions: Partial<NetworkDecisions> = {
    egressIPAMOfNode: (name) => (selected.includes(name) ? (egressIPAM as unknown as EgressIPAMDecision) : undefined),
    standingOf: (name) => nodes[name] ?? 'leaving',
    hostOf: (address) => hosts.get(address),
    canHost: () => true,
    assignmentOf: () => undefined,
    claimWith: (address) => owners.get(address),
  };
  const hosted = [...hosts].map(([address, node]) => ({ address, node, state: 'shown' }));
  const facts = { hosts: [{ hosted }], nodeOf: () => ({ capacity }) };
  return new NodeUses(decisions as NetworkDecisions, facts as unknown as NetworkFacts);
}

describe('the use of a node', () => {
  it('is its own while it is open', () => {
    const uses = usesIn({ nodes: { a: 'open', b: 'open' }, claims: { one: { '10.0.0.1': 'a' } } });
    expect([uses.of('a'), uses.of('b')]).toEqual(['used', 'used']);
  });

  it.each(['x', 'leaving'])('ends when it is to go, as soon as another can take what it has: %s', (name) => {
    const claims = { one: { '10.0.0.1': name } };
    expect(usesIn({ nodes: { [name]: 'leaving', a: 'open' }, claims }).of(name)).toBe('dismissed');
    expect(usesIn({ nodes: { [name]: 'leaving', a: 'cordoned' }, claims }).of(name)).toBe('needed');
    expect(usesIn({ nodes: { [name]: 'leaving' }, claims: {} }).of(name)).toBe('dismissed');
  });

  it('law 3: goes on while the only other has an address of the same namespace, or is to take one', () => {
    const claims = { one: { '10.0.0.1': 'x1', '10.0.1.1': 'a' } };
    expect(usesIn({ nodes: { x1: 'open', a: 'open' }, claims }).of('x1')).toBe('needed');
    const both = usesIn({
      nodes: { x1: 'open', x2: 'open', a: 'open' },
      claims: { one: { '10.0.0.1': 'x1', '10.0.1.1': 'x2' } },
    });
    expect([both.of('x1'), both.of('x2')]).toEqual(['dismissed', 'needed']);
  });

  it('counts the room that others have, and gives back what a node that keeps all would have taken', () => {
    const capacity = { ipv4: 2, ipv6: 0, total: 2 };
    const claims = {
      one: { '10.0.0.1': 'x1' },
      two: { '10.0.0.2': 'x1' },
      three: { '10.0.0.3': 'x2' },
      four: { '10.0.0.4': 'a' },
    };
    const uses = usesIn({ nodes: { x1: 'open', x2: 'open', a: 'open' }, claims, capacity });
    expect([uses.of('x1'), uses.of('x2')]).toEqual(['needed', 'dismissed']);
    expect(uses.stuckOn('x1').map(String)).toEqual([String(addressOf('10.0.0.2'))]);
  });

  it('ends for a cordoned one when it carries nothing and others may take', () => {
    const claims = { one: { '10.0.0.1': 'a' } };
    const uses = usesIn({ nodes: { a: 'cordoned', b: 'cordoned', c: 'open' }, claims });
    expect([uses.of('a'), uses.of('b')]).toEqual(['used', 'dismissed']);
    expect(usesIn({ nodes: { b: 'cordoned' }, claims: {} }).of('b')).toBe('used');
  });
});
