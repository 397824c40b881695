import { cidrsOverlap } from '../address/cidr.ts';
import type { Finding } from '../finding/finding.ts';
import { AddressLayout } from '../ledger/address-layout.ts';
import type { ClusterNetwork } from '../network-contract/facts.ts';
import type { ParsedAssignment, ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import { parseCidrs } from '../parse/parse-lists.ts';
import type { ParsedNode } from '../parse/parse-node.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';

/**
 * A snapshot whose EgressIPAMs are without the CIDRs that meet networks inside the cluster, whose addresses never leave
 * it.
 *
 * @param known to the network's back end alone
 */
export function withoutClusterNetworks(snapshot: ParsedSnapshot, known: readonly ClusterNetwork[]): ParsedSnapshot {
  const told = parseCidrs(snapshot.source.clusterNetworks ?? []);
  const networks = [...told.map((cidr) => ({ cidr, what: 'a network inside the cluster' })), ...known];
  const layout = new AddressLayout(
    snapshot.egressIPAMs.flatMap(({ assignments }) => assignments.map(({ cidr }) => cidr)),
  );
  const met = [...networks, ...snapshot.nodes.flatMap(podNetworksOf)].filter(({ cidr }) =>
    layout.meets(cidr.first, cidr.last),
  );
  return { ...snapshot, egressIPAMs: snapshot.egressIPAMs.map((egressIPAM) => withoutCidrs(egressIPAM, met)) };
}

function withoutCidrs(egressIPAM: ParsedEgressIPAM, networks: readonly ClusterNetwork[]): ParsedEgressIPAM {
  const findings: Finding[] = [];
  const isApart = (assignment: ParsedAssignment): boolean => {
    const met = networks.find(({ cidr }) => cidrsOverlap(cidr, assignment.cidr));
    if (met === undefined) return true;
    findings.push({
      code: 'MeetsClusterNetwork',
      severity: 'error',
      object: { kind: 'EgressIPAM', name: egressIPAM.name },
      field: `spec.cidrAssignments[${assignment.position}].CIDR`,
      message: `${assignment.cidr.text} meets ${met.cidr.text}, ${met.what}, whose addresses never leave the cluster; choose another CIDR. Nothing is allocated for this entry`,
    });
    return false;
  };
  const assignments = egressIPAM.assignments.filter(isApart);
  if (findings.length === 0) return egressIPAM;
  return {
    ...egressIPAM,
    assignments,
    open: assignments.filter(({ drain }) => !drain),
    findings: [...egressIPAM.findings, ...findings],
  };
}

function podNetworksOf({ name, podNetworks }: ParsedNode): readonly ClusterNetwork[] {
  return podNetworks.map((cidr) => ({ cidr, what: `the pods of node ${name}` }));
}
