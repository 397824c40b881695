import { expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import { settle } from '../simulate/settle.ts';
import type { EgressIPAMSnapshot, NamespaceSnapshot } from '../snapshot/snapshot.ts';
import { anEgressIPAM, aNamespace, aNode, aSnapshot } from '../testing/builders.ts';

const nodes = [aNode('n1', 'a'), aNode('n2', 'b')];
const [first, second] = ['10.0.0.0/29=a', '10.0.1.0/29=b'];
const pool = anEgressIPAM([first]);
const drained = (egressIPAM: EgressIPAMSnapshot): EgressIPAMSnapshot => ({
  ...egressIPAM,
  cidrAssignments: egressIPAM.cidrAssignments.map((assignment) => ({ ...assignment, drain: true })),
});

/** What comes of a namespace of an EgressIPAM, both as they are in the end. */
function decided(egressIPAM: EgressIPAMSnapshot, namespace: NamespaceSnapshot): readonly string[] {
  const { allocations, waiting } = plan(aSnapshot({ nodes, egressIPAMs: [egressIPAM], namespaces: [namespace] }));
  return [
    ...allocations.map(({ source, addresses }) => `${source} ${addresses.join()}`),
    ...waiting.map(({ reason: { code } }) => code),
  ];
}

/** A namespace that has been served. */
function served(): NamespaceSnapshot {
  const [namespace] = settle(aSnapshot({ nodes, egressIPAMs: [pool], namespaces: [aNamespace('shop')] })).namespaces;
  if (namespace === undefined) throw new Error('the namespace is gone');
  return namespace;
}

it.each<[string, EgressIPAMSnapshot, NamespaceSnapshot, readonly string[]]>([
  ['a claim gets what it lacks', pool, aNamespace('shop'), ['new 10.0.0.1']],
  ['a claim that has all keeps it', pool, served(), ['kept 10.0.0.1']],
  ['what its owner asks for is given', pool, aNamespace('shop', 0, { egressIPs: '10.0.0.3' }), ['input 10.0.0.3']],
  ['a claim that lacks one address gets that one', anEgressIPAM([first, second]), served(), ['kept 10.0.0.1,10.0.1.1']],
  ['a CIDR that drains gives out nothing', drained(pool), aNamespace('shop'), ['WaitingForAddress']],
  [
    'nor to who asks for an address of it',
    drained(pool),
    aNamespace('shop', 0, { egressIPs: '10.0.0.3' }),
    ['WaitingForAddress'],
  ],
  ['an EgressIPAM without CIDRs gives out nothing', anEgressIPAM([]), aNamespace('shop'), ['WaitingForAddress']],
  [
    'a namespace that the EgressIPAM does not select gets nothing',
    { ...pool, namespaceSelector: { matchLabels: { team: 'web' } } },
    aNamespace('shop'),
    ['NamespaceNotAllowed'],
  ],
  [
    'a namespace that is about to end gets nothing',
    pool,
    aNamespace('shop', 0, { deletedAt: '2026-02-01T00:00:00Z' }),
    [],
  ],
])('%s', (_what, egressIPAM, namespace, expected) => {
  expect(decided(egressIPAM, namespace)).toEqual(expected);
});
