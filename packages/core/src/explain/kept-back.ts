import { formatAddress, type Address } from '../address/address.ts';
import { cidrContains } from '../address/cidr.ts';
import { AddressUsers } from '../ledger/address-users.ts';
import { nodeSubnets } from '../ledger/survey.ts';
import { NodeNames } from '../ledger/node-names.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import { Parser } from '../parse/parsed-snapshot.ts';
import { NodeTable } from '../place/node-table.ts';
import { networkView } from '../plan/network-view.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';

/** Why an address is given to nobody, one sentence each; none where some EgressIPAM may give it. */
export function whyKeptBack(snapshot: ClusterSnapshot, backend: NetworkBackend, address: Address): readonly string[] {
  const parsed = new Parser().parse(snapshot);
  const facts = backend.createFactsReader().read(networkView(parsed));
  const nodes = new NodeTable(parsed, facts, new NodeNames(parsed.nodes));
  const users = new AddressUsers(parsed, facts, nodeSubnets(parsed, nodes.allSubnets()));
  const reasons = parsed.egressIPAMs
    .flatMap(({ assignments }) => assignments.filter(({ cidr }) => cidrContains(cidr, address)))
    .flatMap((assignment) => users.reservation(assignment, address) ?? []);
  const sentences = [...new Set(reasons)].map((reason) => `It is given to nobody: ${reason}.`);
  const owners = parsed.nodes.filter(
    ({ name, addresses }) => addresses.includes(address) || facts.nodeOf(name).addresses.includes(address),
  );
  const isRefused = snapshot.refused?.includes(formatAddress(address)) === true;
  if (isRefused)
    sentences.push('The network or the cloud refused it a short while ago, so it is left alone for a while.');
  return [...sentences, ...owners.map(({ name }) => `It is an address of node ${name} itself.`)];
}
