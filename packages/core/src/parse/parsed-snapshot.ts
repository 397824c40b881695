import type { Address } from '../address/address.ts';
import { cidrsOverlap, type Cidr } from '../address/cidr.ts';
import type { Finding } from '../finding/finding.ts';
import type { ProviderObservation } from '../provider-contract/contract.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { ListMemo } from './list-memo.ts';
import { parseEgressIPAM, type ParsedAssignment, type ParsedEgressIPAM } from './parse-egress-ipam.ts';
import { parseAddresses, parseCidrs } from './parse-lists.ts';
import { parseNamespace, type ParsedNamespace } from './parse-namespace.ts';
import { parseNode, type ParsedNode } from './parse-node.ts';
import { parseObservation, type ParsedObservation } from './parse-observation.ts';

/** A snapshot in which every text is parsed. Lists are sorted by name. */
export interface ParsedSnapshot {
  readonly source: ClusterSnapshot;
  /** Milliseconds since 1970; undefined where the snapshot has no time. */
  readonly time: number | undefined;
  readonly egressIPAMs: readonly ParsedEgressIPAM[];
  readonly namespaces: readonly ParsedNamespace[];
  readonly nodes: readonly ParsedNode[];
  readonly virtualIPs: readonly Address[];
  readonly observation: ParsedObservation | undefined;
}

/** Parses snapshot after snapshot, each object once in its life. */
export class Parser {
  readonly #egressIPAMs = new ListMemo(parseEgressIPAM);
  readonly #namespaces = new ListMemo(parseNamespace);
  readonly #nodes = new ListMemo(parseNode);
  #observation: { readonly source: ProviderObservation; readonly parsed: ParsedObservation } | undefined;

  /** Parses a snapshot; nothing in it makes it throw. */
  parse(source: ClusterSnapshot): ParsedSnapshot {
    const time = source.time === undefined ? Number.NaN : Date.parse(source.time);
    const nodes = this.#nodes.parseAll(source.nodes);
    const clusterNetworks = parseCidrs(source.clusterNetworks ?? []);
    return {
      source,
      time: Number.isNaN(time) ? undefined : time,
      egressIPAMs: this.#egressIPAMs
        .parseAll(source.egressIPAMs)
        .map((egressIPAM) => withoutClusterNetworks(egressIPAM, clusterNetworks, nodes)),
      namespaces: this.#namespaces.parseAll(source.namespaces),
      nodes,
      virtualIPs: parseAddresses(source.infrastructure.virtualIPs),
      observation: this.#parseObservation(source.provider.observation),
    };
  }

  #parseObservation(source: ProviderObservation | undefined): ParsedObservation | undefined {
    if (source === undefined) return undefined;
    if (this.#observation?.source !== source) this.#observation = { source, parsed: parseObservation(source) };
    return this.#observation.parsed;
  }
}

/** An EgressIPAM without the CIDRs that meet networks inside the cluster, whose addresses never leave it. */
function withoutClusterNetworks(
  egressIPAM: ParsedEgressIPAM,
  clusterNetworks: readonly Cidr[],
  nodes: readonly ParsedNode[],
): ParsedEgressIPAM {
  const findings: Finding[] = [];
  const isApart = (assignment: ParsedAssignment): boolean => {
    const met = networkMet(assignment.cidr, clusterNetworks, nodes);
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

function networkMet(cidr: Cidr, clusterNetworks: readonly Cidr[], nodes: readonly ParsedNode[]): string | undefined {
  const network = clusterNetworks.find((candidate) => cidrsOverlap(candidate, cidr));
  if (network !== undefined) return `${network.text}, a network inside the cluster`;
  for (const { name, podNetworks } of nodes) {
    const pods = podNetworks.find((candidate) => cidrsOverlap(candidate, cidr));
    if (pods !== undefined) return `${pods.text}, the pods of node ${name}`;
  }
  return undefined;
}
