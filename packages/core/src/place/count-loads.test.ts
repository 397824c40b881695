import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import { AddressLayout } from '../ledger/address-layout.ts';
import { AddressLedger } from '../ledger/address-ledger.ts';
import type { ClaimIndex, NodeIndex } from '../ledger/indexes.ts';
import { NodeNames } from '../ledger/node-names.ts';
import { unlimited, type NetworkFacts } from '../network-contract/facts.ts';
import { Parser, type ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import { plain } from '../plain/plain-network.ts';
import { networkView } from '../plan/network-view.ts';
import type { AttachedAddress, InterfaceLimits } from '../provider-contract/observation.ts';
import type { ProviderFailure, ProviderSnapshot } from '../snapshot/snapshot.ts';
import { aNode, aSnapshot } from '../testing/builders.ts';
import { countOccupied, limitByInterfaces } from './count-loads.ts';
import { NodeTable } from './node-table.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;
const node = 0 as NodeIndex;

interface Scene {
  readonly snapshot: ParsedSnapshot;
  readonly facts: NetworkFacts;
  readonly nodes: NodeTable;
  readonly ledger: AddressLedger;
}

/** One node, and a claim that has 10.0.0.1. */
function sceneOf(provider: ProviderSnapshot): Scene {
  const snapshot = new Parser().parse(aSnapshot({ nodes: [aNode('n0')], provider }));
  const facts = plain.createFactsReader().read(networkView(snapshot));
  const ledger = new AddressLedger(new AddressLayout([]));
  ledger.owner.set(ledger.slotOf(at('10.0.0.1')), 0 as ClaimIndex);
  return { snapshot, facts, ledger, nodes: new NodeTable(snapshot, facts, new NodeNames(snapshot.nodes)) };
}

const nobody: ProviderSnapshot = { name: 'none', attach: false, cloud: false, observationRequired: false };

describe('what an interface can still take', () => {
  const secondaries: readonly AttachedAddress[] = ['10.0.0.1', '10.0.0.2', '10.0.0.3', 'fd00::3'].map((address) => ({
    address,
    primary: false,
  }));

  /** The node has a primary address, one of the claim's, 10.0.0.2 that leaves, and two of somebody else. */
  function limited(limits: InterfaceLimits, more: Partial<ProviderSnapshot> = {}): NodeTable {
    const addresses = [{ address: '10.0.0.9', primary: true }, ...secondaries];
    const interfaces = [{ id: 'i', main: true, subnets: ['10.0.0.0/24'], addresses }];
    const observation = { nodes: [{ node: 'n0', interfaces, limits }], cidrs: [] };
    const { snapshot, nodes, ledger } = sceneOf({ ...nobody, attach: true, observation, ...more });
    ledger.mark(ledger.slotOf(at('10.0.0.2')), 'releasing');
    limitByInterfaces(ledger, nodes, snapshot);
    return nodes;
  }

  it('is its limits less primary addresses and foreign ones; what leaves is there still', () => {
    const nodes = limited({ ipv4: 4, ipv6: 3, total: 7 });
    expect(nodes.capacityOf(node)).toEqual({ ipv4: 2, ipv6: 2, total: 4 });
    expect([nodes.hasRoom(node, 4), nodes.relativeLoad(node, 4)]).toEqual([true, 0.5]);
    expect(limited({ ipv4: 1 }).capacityOf(node)).toEqual({ ipv4: 0, ipv6: Infinity, total: Infinity });
  });

  it('is nothing beside what it carries once it said that it is full', () => {
    const saying = (change: ProviderFailure['change'], errorClass: 'capacity' | 'conflict'): NodeTable =>
      limited(
        { ipv4: 20 },
        { failures: [{ change, address: '10.0.0.7', node: 'n0', error: { class: errorClass, message: '' } }] },
      );
    expect(saying('attach', 'capacity').capacityOf(node)).toEqual({ ipv4: 4, ipv6: 4, total: 4 });
    for (const nodes of [saying('detach', 'capacity'), saying('attach', 'conflict')])
      expect(nodes.capacityOf(node).ipv4).toBe(18);
  });

  it('is told by the network where this project does not attach', () => {
    expect(limited({ ipv4: 1 }, { attach: false }).capacityOf(node)).toEqual(unlimited);
  });
});

it('what takes of the capacity that the network tells counts, unless a claim has it: that is counted where it is placed', () => {
  const { facts, nodes, ledger } = sceneOf(nobody);
  nodes.limit(node, { ipv4: 2, ipv6: 2, total: 2 });
  const occupied = ['10.0.0.1', '10.0.0.2'].map((text) => ({ address: at(text), node: 'n0' }));
  countOccupied(ledger, nodes, { ...facts, occupied: [...occupied, { address: at('10.0.0.3'), node: 'gone' }] });
  expect([nodes.hasRoom(node, 4), nodes.relativeLoad(node, 4)]).toEqual([true, 0.5]);
});
