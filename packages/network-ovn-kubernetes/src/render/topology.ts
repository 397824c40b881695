import {
  cidrsOverlap,
  type AssignmentDecision,
  type Cidr,
  type EgressIPAMDecision,
  type Finding,
  type NetworkDecisions,
} from '@egressip-ipam/core';
import { firstFew } from '@egressip-ipam/core/plugin';
import type { OvnKubernetesFacts } from '../facts/read-facts.ts';
import { egressAssignableLabel } from '../kinds/names.ts';

/** Nodes with one set of subnets and one owner. */
interface NodeSet {
  readonly egressIPAM: EgressIPAMDecision | undefined;
  readonly subnets: readonly Cidr[];
  readonly nodes: string[];
}

/**
 * OVN-Kubernetes chooses among all nodes with the label that are in an address's subnet. So topology values hold only
 * where each has subnets of its own, and tenants are apart only where their nodes are; unless EgressIPs say which nodes
 * they may use, which is one selection for all of their addresses.
 */
export function reportTopology(
  decisions: NetworkDecisions,
  facts: OvnKubernetesFacts,
  canPin: boolean,
): readonly Finding[] {
  const sets = nodeSets(decisions, facts);
  const all = subnetGroups(sets);
  const own = canPin ? setsByOwner(sets) : undefined;
  return decisions.egressIPAMs.flatMap((egressIPAM) => {
    if (egressIPAM.deleting) return [];
    const reachable = own === undefined ? all : subnetGroups(own.get(egressIPAM) ?? []);
    return egressIPAM.assignments.flatMap((assignment) => reportAssignment(egressIPAM, assignment, reachable, canPin));
  });
}

/** Sets of nodes with the same subnets: thousands of EgressIPAMs may have nodes in the same ones. */
interface SubnetGroup {
  readonly subnets: readonly Cidr[];
  readonly sets: readonly NodeSet[];
}

function subnetGroups(sets: readonly NodeSet[]): readonly SubnetGroup[] {
  const groups = new Map<string, { readonly subnets: readonly Cidr[]; readonly sets: NodeSet[] }>();
  for (const set of sets) {
    const key = set.subnets.map(({ text }) => text).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { subnets: set.subnets, sets: [set] });
    else group.sets.push(set);
  }
  return [...groups.values()];
}

function setsByOwner(sets: readonly NodeSet[]): ReadonlyMap<EgressIPAMDecision | undefined, readonly NodeSet[]> {
  const owned = new Map<EgressIPAMDecision | undefined, NodeSet[]>();
  for (const set of sets) {
    const list = owned.get(set.egressIPAM);
    if (list === undefined) owned.set(set.egressIPAM, [set]);
    else list.push(set);
  }
  return owned;
}

function* setsOf(groups: readonly SubnetGroup[]): Iterable<NodeSet> {
  for (const { sets } of groups) yield* sets;
}

/** Of so many sets of nodes it is said which they are. */
const shown = 3;

/** Nodes that may carry egress addresses, those that are about to be labelled among them. */
function nodeSets(decisions: NetworkDecisions, facts: OvnKubernetesFacts): readonly NodeSet[] {
  const sets = new Map<EgressIPAMDecision | undefined, Map<string, NodeSet>>();
  for (const { name, source } of facts.nodes) {
    const egressIPAM = decisions.egressIPAMOfNode(name);
    const isLabelled = Object.hasOwn(source.labels, egressAssignableLabel);
    if (!isLabelled && (egressIPAM === undefined || egressIPAM.deleting)) continue;
    const subnets = facts.nodeOf(name).subnets ?? [];
    const key = subnets.map(({ text }) => text).join();
    let owned = sets.get(egressIPAM);
    if (owned === undefined) sets.set(egressIPAM, (owned = new Map<string, NodeSet>()));
    const set = owned.get(key);
    if (set === undefined) owned.set(key, { egressIPAM, subnets, nodes: [name] });
    else set.nodes.push(name);
  }
  return [...sets.values()].flatMap((owned) => [...owned.values()]);
}

function reportAssignment(
  egressIPAM: EgressIPAMDecision,
  { cidr, labelValue, position, selected }: AssignmentDecision,
  groups: readonly SubnetGroup[],
  canPin: boolean,
): readonly Finding[] {
  const inSubnet = groups.filter(({ subnets }) => subnets.some((subnet) => cidrsOverlap(subnet, cidr)));
  if (inSubnet.length === 0) return [];
  const own = new Set(selected);
  const elsewhere: string[] = [];
  for (const set of setsOf(inSubnet)) {
    const nodes = set.egressIPAM === egressIPAM ? set.nodes.filter((node) => !own.has(node)) : set.nodes;
    if (nodes.length > 0) elsewhere.push(`${firstFew(nodes)} (${ownerOf(set, egressIPAM)})`);
    if (elsewhere.length > shown) break;
  }
  if (elsewhere.length === 0) return [];
  const list = elsewhere.length > shown ? [...elsewhere.slice(0, shown), 'and others'] : elsewhere;
  const why = canPin
    ? 'one EgressIP has one node selector for all of its addresses'
    : 'it cannot be told otherwise in this version';
  return [
    {
      code: 'TopologyNotEnforceable',
      severity: 'warning',
      object: { kind: 'EgressIPAM', name: egressIPAM.name },
      field: `spec.cidrAssignments[${position}]`,
      message:
        `OVN-Kubernetes may place addresses of ${cidr.text} ("${labelValue}") on nodes that are in its subnet ` +
        'and not among its own: ' +
        `${list.join('; ')}; ${why}. Give each its own subnet, or take the label ${egressAssignableLabel} ` +
        'off nodes that are not to carry them',
    },
  ];
}

function ownerOf(set: NodeSet, egressIPAM: EgressIPAMDecision): string {
  if (set.egressIPAM === undefined) return 'labelled, and of no EgressIPAM';
  return set.egressIPAM === egressIPAM ? `another ${egressIPAM.topologyLabel}` : `EgressIPAM ${set.egressIPAM.name}`;
}
