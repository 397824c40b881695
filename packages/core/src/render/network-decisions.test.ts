import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { NetworkDecisions } from '../network-contract/decisions.ts';
import type { BindingFacts, HostedAddress } from '../network-contract/facts.ts';
import { NamespaceIndex } from '../network-contract/namespace-index.ts';
import type { PlacementMode } from '../network-contract/traits.ts';
import { plain } from '../plain/plain-network.ts';
import { plan } from '../plan/planner.ts';
import type { NodeObservation } from '../provider-contract/observation.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;
const addresses = [1, 2, 3, 4].map((last) => at(`10.0.0.${last}`));

const hosted = (last: number, node: string, ours: boolean, namespace?: string): HostedAddress => ({
  ...{ address: at(`10.0.0.${last}`), node, ours, namespace, state: 'shown' },
});

/**
 * What a back end is told of a cluster where `shop` has 10.0.0.1, on n1 and n2, 10.0.0.2 is ours and nobody's, and
 * 10.0.0.3 somebody else's, by whom `bank` is served. Half of 10.0.0.2 is on the interface of n1, half of 10.0.0.4 on
 * that of n3.
 */
function decisionsOf(placement: PlacementMode = 'us', isReady = true): NetworkDecisions {
  let told: NetworkDecisions | undefined;
  const entries = [
    hosted(1, 'n2', true, 'shop'),
    hosted(1, 'n1', true),
    hosted(2, 'n1', true),
    hosted(3, 'gone', false),
  ];
  const binding: BindingFacts = {
    ...{ namespace: 'bank', object: { kind: 'Binding', name: 'bank' }, ours: false, unconfirmed: [] },
    addresses: [at('10.0.0.3')],
  };
  const backend: NetworkBackend = {
    ...plain,
    traits: (...given) => ({ ...plain.traits(...given), placement: () => placement }),
    createFactsReader: () => ({
      read: (view) => ({
        ...plain.createFactsReader().read(view),
        hosts: entries.map((entry) => ({ object: { kind: 'Host', name: entry.node }, hosted: [entry] })),
        bindings: new NamespaceIndex([binding]),
      }),
    }),
    render: (decisions) => {
      told = decisions;
      return { steps: [], findings: [] };
    },
  };
  const observed = (node: string, ...texts: readonly string[]): NodeObservation => {
    const list = texts.map((address) => ({ address, primary: false, incomplete: true as const }));
    return { node, limits: {}, interfaces: [{ id: 'i', main: true, subnets: ['10.0.0.0/24'], addresses: list }] };
  };
  const nodes = [observed('n1', '10.0.0.2'), observed('n2'), observed('n3', '10.0.0.4')];
  const snapshot = aSnapshot({
    nodes: [aNode('n1'), aNode('n2', 'a', { unschedulable: true, ready: isReady }), aNode('n3', 'z')],
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', '10.1.0.0/24=none'])],
    namespaces: [
      { name: 'bank', createdAt: '2026-01-01T00:00:00Z' },
      aNamespace('shop', 0, { egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' }),
    ],
  });
  const provider = { name: 'cloud', attach: true, cloud: true, observationRequired: true };
  plan({ ...snapshot, provider: { ...provider, observation: { nodes, cidrs: [] } } }, backend);
  if (told === undefined) throw new Error('nothing was rendered');
  return told;
}

describe('what back ends are told', () => {
  const decisions = decisionsOf();
  const so = (is: (address: Address) => boolean): readonly number[] =>
    addresses.flatMap((address, index) => (is(address) ? [index + 1] : []));

  it('of an address is who has it, and what else is so of it', () => {
    expect(addresses.map((address) => decisions.claimWith(address)?.namespace)).toEqual([
      'shop',
      undefined,
      undefined,
      undefined,
    ]);
    expect({
      twice: so(decisions.isHostedTwice),
      recorded: so(decisions.isRecorded),
      leaving: so(decisions.isLeaving),
      boundByOthers: so(decisions.isBoundByOthers),
      usedByOthers: so(decisions.isUsedByOthers),
      attached: so(decisions.isAttached),
      attachedToFirst: so((address) => decisions.isAttachedTo(address, 'n1')),
      attachedToThird: so((address) => decisions.isAttachedTo(address, 'n3')),
    }).toEqual({
      ...{ twice: [1], recorded: [1, 2], leaving: [2], boundByOthers: [3], usedByOthers: [3] },
      // Half of it is too much to be forgotten where it leaves, and too little to send by.
      ...{ attached: [2, 4], attachedToFirst: [2], attachedToThird: [] },
    });
    expect(decisions.stray.map(({ node, address }) => [node, addresses.indexOf(address) + 1])).toEqual([
      ['n1', 1],
      ['n1', 2],
      ['gone', 3],
    ]);
  });

  it('of a node is whose it is, and what is asked of it', () => {
    const nodes = ['n1', 'n2', 'n3', 'gone', 'never'];
    expect(nodes.map((node) => [decisions.egressIPAMOfNode(node)?.name, decisions.standingOf(node)])).toEqual([
      ['pool', 'open'],
      ['pool', 'cordoned'],
      [undefined, 'open'],
      [undefined, 'leaving'],
      [undefined, 'leaving'],
    ]);
    expect(nodes.map((node) => decisions.canHost(node, at('10.0.0.9')))).toEqual([true, true, true, true, false]);
    expect(decisions.canHost('n1', at('10.1.0.9'))).toBe(false);
  });

  it('of an EgressIPAM is which CIDR assignment an address is of', () => {
    const [pool] = decisions.egressIPAMs;
    const labelOf = (text: string): unknown =>
      pool === undefined ? undefined : decisions.assignmentOf(pool, at(text))?.labelValue;
    expect(['10.0.0.9', '10.1.0.9', '10.2.0.9'].map(labelOf)).toEqual(['a', 'none', undefined]);
    expect([decisions.claimOf('shop')?.egressIPAM?.name, decisions.claimOf('bank')]).toEqual(['pool', undefined]);
  });
});

it('an address is on the node that we place it on, or, where the network places, that it has it on', () => {
  const nodesOf = (placement: PlacementMode): unknown => {
    const { nodeOf, hostOf } = decisionsOf(placement, false);
    return [nodeOf(at('10.0.0.1')), hostOf(at('10.0.0.1'))];
  };
  expect([nodesOf('us'), nodesOf('network')]).toEqual([
    ['n1', 'n2'],
    ['n2', 'n2'],
  ]);
});
