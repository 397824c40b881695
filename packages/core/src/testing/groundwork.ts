import { AddressLayout } from '../ledger/address-layout.ts';
import { AddressLedger } from '../ledger/address-ledger.ts';
import { HostedList } from '../ledger/hosted-list.ts';
import { NodeNames } from '../ledger/node-names.ts';
import { noteAttachments, noteHosts, takeReserved } from '../ledger/survey.ts';
import type { NetworkFacts } from '../network-contract/facts.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import { Parser, type ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import { makePools, type Pools } from '../place/make-pools.ts';
import { NodeTable } from '../place/node-table.ts';
import { plain } from '../plain/plain-network.ts';
import { networkView } from '../plan/network-view.ts';
import { aSnapshot } from './builders.ts';

/** What the phases after the facts work with. */
export interface Groundwork {
  readonly snapshot: ParsedSnapshot;
  readonly facts: NetworkFacts;
  readonly traits: NetworkTraits;
  readonly ledger: AddressLedger;
  readonly hosted: HostedList;
  readonly nodes: NodeTable;
  readonly pools: Pools;
}

/**
 * Makes what a planner has before it reads claims, for tests of one phase alone.
 *
 * @param told what the network says beside nothing
 * @param asked how the network differs from the plain one
 */
export function groundwork(
  parts: Parameters<typeof aSnapshot>[0],
  told: Partial<NetworkFacts> = {},
  asked: Partial<NetworkTraits> = {},
): Groundwork {
  const snapshot = new Parser().parse(aSnapshot(parts));
  const view = networkView(snapshot);
  const facts = { ...plain.createFactsReader().read(view), ...told };
  const traits = { ...plain.traits(view.settings, view.platform), ...asked };
  const ledger = new AddressLedger(
    new AddressLayout(snapshot.egressIPAMs.flatMap(({ assignments }) => assignments.map(({ cidr }) => cidr))),
  );
  const names = new NodeNames(snapshot.nodes);
  const hosted = new HostedList(facts.hosts, names, ledger);
  const nodes = new NodeTable(snapshot, facts, names);
  const pools = makePools(snapshot.egressIPAMs, nodes, traits, []);
  const surveyed = {
    indexOf: (name: string) => nodes.indexOf(name),
    subnets: { known: [], supposed: [] },
    present: nodes.present,
  };
  takeReserved(ledger, snapshot, facts, surveyed);
  noteHosts(ledger, hosted);
  noteAttachments(ledger, snapshot, facts, surveyed);
  return { snapshot, facts, traits, ledger, hosted, nodes, pools };
}
