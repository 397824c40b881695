import { cidrsOverlap, type Cidr } from '../address/cidr.ts';
import type { Finding } from '../finding/finding.ts';
import type { ClusterNetwork } from '../network-contract/facts.ts';
import type { ParsedAssignment, ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import { parseCidrs } from '../parse/parse-lists.ts';
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
  const met = (cidr: Cidr): string | undefined => networkMet(cidr, networks, snapshot);
  return { ...snapshot, egressIPAMs: snapshot.egressIPAMs.map((egressIPAM) => withoutCidrs(egressIPAM, met)) };
}

function withoutCidrs(egressIPAM: ParsedEgressIPAM, metBy: (cidr: Cidr) => string | undefined): ParsedEgressIPAM {
  const findings: Finding[] = [];
  const isApart = (assignment: ParsedAssignment): boolean => {
    const met = metBy(assignment.cidr);
    if (met === undefined) return true;
    findings.push({
      code: 'MeetsClusterNetwork',
      severity: 'error',
      object: { kind: 'EgressIPAM', name: egressIPAM.name },
      field: `spec.cidrAssignments[${assignment.position}].CIDR`,
      message: `${assignment.cidr.text} meets ${met}, whose addresses never leave the cluster; choose another CIDR. Nothing is allocated for this entry`,
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

function networkMet(cidr: Cidr, networks: readonly ClusterNetwork[], { nodes }: ParsedSnapshot): string | undefined {
  const network = networks.find((candidate) => cidrsOverlap(candidate.cidr, cidr));
  if (network !== undefined) return `${network.cidr.text}, ${network.what}`;
  for (const { name, podNetworks } of nodes) {
    const pods = podNetworks.find((candidate) => cidrsOverlap(candidate, cidr));
    if (pods !== undefined) return `${pods.text}, the pods of node ${name}`;
  }
  return undefined;
}
