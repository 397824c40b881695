import { formatAddress, type Address } from '../address/address.ts';
import { sameAddresses } from '../allocate/classify.ts';
import { assignmentOf, type Claim } from '../allocate/claim.ts';
import { egressIPConflict } from '../allocate/egress-ip-conflict.ts';
import { egressIPName, selectedNamespace, type World } from '../allocate/world.ts';
import type { ParsedEgressIP } from '../parse/parse-network-objects.ts';
import { groupOf } from '../place/place-kept.ts';
import { compileSelector } from '../snapshot/label-selector.ts';
import { egressAssignableLabel } from '../snapshot/names.ts';
import type { LabelSelector } from '../snapshot/snapshot.ts';
import { addAnnotateSteps, annotateId, isAnnotated } from './annotations.ts';
import { rememberId } from './released.ts';
import type { StepList } from './step-list.ts';

/**
 * OVN-Kubernetes: from decisions to writes. On the way in: annotation → labels of
 * the nodes → EgressIP; on the way out EgressIP → CloudPrivateIPConfig gone →
 * annotation. Which node carries an address is the network's business.
 */
export function renderOvnKubernetes(world: World, steps: StepList): void {
  const ownedNames = new Set<string>();
  const deletions = new Map<string, string>();
  const labels = addLabelSteps(world, steps);
  for (const claim of world.claims) {
    const name = nameFor(world, claim);
    const existing = world.egressIPByName(name);
    if (claim.release === undefined && (claim.addresses.length > 0 || claim.egressIPAM === -1)) {
      ownedNames.add(name);
      if (claim.egressIPAM !== -1) addApplyStep(world, steps, claim, name, existing, labels.get(claim.egressIPAM));
    } else if (existing?.source.ours === true) {
      ownedNames.add(name);
      deletions.set(claim.namespace.name, addDeleteStep(world, steps, existing, claim.leaving, claim.egressIPAM));
    }
  }
  for (const egressIP of world.snapshot.egressIPs) {
    if (egressIP.source.ours && !ownedNames.has(egressIP.name)) addDeleteStep(world, steps, egressIP, egressIP.egressIPs, -1);
  }
  addAnnotateSteps(world, steps, (claim) => afterRelease(world, steps, deletions, claim));
}

/** The EgressIP that carries a claim already, whatever it is called; else the one that will. */
function nameFor(world: World, claim: Claim): string {
  return world.egressIPOf[claim.namespaceIndex]?.name ?? egressIPName(claim.namespace.name);
}

/**
 * The label goes on all nodes of an EgressIPAM at once, before its EgressIPs, or the network would put every address on the
 * first one labelled; and it leaves nodes after it came to others, or there would be none for a while.
 *
 * @returns the steps that label nodes, by EgressIPAM
 */
function addLabelSteps(world: World, steps: StepList): ReadonlyMap<number, readonly string[]> {
  const { nodes, egressIPAMOf, subnetsOf } = world.nodes;
  const positionOf = (node: number): number => egressIPAMOf[node] ?? -1;
  const isWanted = (node: number): boolean => world.snapshot.egressIPAMs[positionOf(node)]?.deleting === false;
  const added = new Map<number, string[]>();
  for (const [index, { name, source }] of nodes.entries()) {
    // A node that announces no network (Windows, or one that is not set up yet) carries nothing.
    if (!isWanted(index) || Object.hasOwn(source.labels, egressAssignableLabel) || subnetsOf[index]?.length === 0) continue;
    steps.add({ kind: 'label-node', id: labelId(name), after: [], node: name, present: true });
    added.set(positionOf(index), [...(added.get(positionOf(index)) ?? []), labelId(name)]);
  }
  for (const [index, { name, source }] of nodes.entries()) {
    if (isWanted(index) || source.labelledByUs !== true) continue;
    const position = positionOf(index);
    const ofDeleted = world.claims.filter((claim) => claim.egressIPAM === position && world.egressIPByName(nameFor(world, claim))?.source.ours === true).map((claim) => `delete/${nameFor(world, claim)}`);
    steps.add({ kind: 'label-node', id: labelId(name), after: position === -1 ? [...added.values()].flat() : ofDeleted, node: name, present: false }, position === -1 ? [] : [position]);
  }
  return added;
}

function labelId(node: string): string {
  return `label/${node}`;
}

function addApplyStep(world: World, steps: StepList, claim: Claim, name: string, existing: ParsedEgressIP | undefined, labels: readonly string[] = []): void {
  const egressIPAM = world.egressIPAMOf(claim);
  if (egressIPAM === undefined) return;
  const conflict = egressIPConflict(world, claim);
  if (conflict !== undefined) {
    if (claim.waiting?.code !== conflict.code) claim.waiting = world.reportNamespace(claim.namespace, { ...conflict, severity: 'error' });
    return;
  }
  // What goes cannot be kept: it is made anew when it is gone.
  if (existing?.source.deletedAt !== undefined) return;
  const nodeSelector = nodeSelectorOf(world, claim);
  const egressIPs = nextAddresses(world, claim, existing);
  if (existing !== undefined && isAsWanted(existing, claim, egressIPs, nodeSelector)) return;
  const after = [...labels];
  if (claim.addresses.some((address) => !isAnnotated(claim, address)) && !claim.edited) after.push(annotateId(claim.namespace.name));
  steps.add({
    kind: 'apply-egress-ip',
    id: `apply/${name}`,
    after,
    name,
    namespace: claim.namespace.name,
    egressIPAM: egressIPAM.name,
    egressIPs: egressIPs.map(formatAddress),
    ...(sameAddresses(egressIPs, claim.addresses) ? {} : { target: claim.addresses.map(formatAddress) }),
    ...(nodeSelector === undefined ? {} : { egressNodeSelector: nodeSelector }),
    ...(existing?.source.podSelector === undefined ? {} : { clearsPodSelector: true }),
  });
}

function isAsWanted(existing: ParsedEgressIP, claim: Claim, egressIPs: readonly Address[], nodeSelector: LabelSelector | undefined): boolean {
  return (
    existing.source.ours &&
    existing.unconfirmed.length === 0 &&
    sameAddresses(existing.egressIPs, egressIPs) &&
    selectedNamespace(existing) === claim.namespace.name &&
    existing.source.podSelector === undefined &&
    sameSelector(existing.source.egressNodeSelector, nodeSelector)
  );
}

/**
 * One address at a time, each replaced by that of its own CIDR assignment, and none that carries
 * traffic goes while another is on its way: so the namespace is never without any for a while.
 */
function nextAddresses(world: World, claim: Claim, existing: ParsedEgressIP | undefined): readonly Address[] {
  const target = claim.addresses;
  if (existing === undefined || !existing.source.ours) return target;
  const isAssigned = (address: Address): boolean => existing.assigned.some((entry) => entry.address === address);
  const stale = existing.egressIPs.filter((address) => !target.includes(address));
  const missing = target.filter((address) => !existing.egressIPs.includes(address));
  const carrying = stale.filter(isAssigned);
  if (carrying.length === 0) return target;
  const [idle] = missing.length === 0 ? [] : stale.filter((address) => !isAssigned(address));
  const isOnItsWay = (address: Address): boolean => !isAssigned(address) && mayBeAssigned(world, claim, existing, address);
  if (idle === undefined && existing.egressIPs.some((address) => target.includes(address) && isOnItsWay(address))) return existing.egressIPs;
  const leaving = idle ?? carrying[0];
  const coming = missing.find((address) => isSameAssignment(world, claim, address, leaving)) ?? missing[0];
  const next = [...existing.egressIPs.filter((address) => address !== leaving), ...(coming === undefined ? [] : [coming])];
  return sameAddresses(next, target) ? target : next;
}

/** Whether a node is there for an address. Room counts for nothing: what is replaced may still have it. */
function mayBeAssigned(world: World, claim: Claim, existing: ParsedEgressIP, address: Address): boolean {
  const busy = new Set(existing.assigned.filter((entry) => existing.egressIPs.includes(entry.address)).map(({ node }) => node));
  const candidates = groupOf(world, claim.egressIPAM, address)?.candidates ?? [];
  return candidates.some((node) => world.nodes.canHost(node, address) && !busy.has(world.nodes.nameOf(node)));
}

function isSameAssignment(world: World, claim: Claim, one: Address, other: Address | undefined): boolean {
  const egressIPAM = world.egressIPAMOf(claim);
  return egressIPAM !== undefined && other !== undefined && assignmentOf(egressIPAM, one) === assignmentOf(egressIPAM, other);
}

/** Where the network can be told which nodes to use: those of the EgressIPAM. */
function nodeSelectorOf(world: World, claim: Claim): LabelSelector | undefined {
  const { network } = world.snapshot.source;
  const egressIPAM = world.egressIPAMOf(claim);
  if (network.kind !== 'ovn-kubernetes' || network.egressNodeSelector !== true || egressIPAM === undefined) return undefined;
  const { nodeSelector, topologyLabel } = egressIPAM.source;
  const values = [...new Set(egressIPAM.assignments.map((assignment) => assignment.labelValue))].sort();
  return {
    ...(nodeSelector?.matchLabels === undefined ? {} : { matchLabels: nodeSelector.matchLabels }),
    matchExpressions: [...(nodeSelector?.matchExpressions ?? []), { key: topologyLabel, operator: 'In', values }],
  };
}

function sameSelector(a: LabelSelector | undefined, b: LabelSelector | undefined): boolean {
  if (b === undefined) return true;
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}

function canonical(selector: LabelSelector | undefined): unknown {
  return [
    Object.entries(selector?.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
    (selector?.matchExpressions ?? []).map(({ key, operator, values }) => [key, operator, values ?? []]),
  ];
}

function addDeleteStep(world: World, steps: StepList, egressIP: ParsedEgressIP, addresses: readonly Address[], egressIPAM: number): string {
  if (egressIP.source.deletedAt !== undefined) return `gone/EgressIP/${egressIP.name}`;
  const id = `delete/${egressIP.name}`;
  const remember = new Set(addresses.flatMap((address) => rememberIds(world, address)));
  steps.add({ kind: 'delete-egress-ip', id, after: [...remember].filter((entry) => steps.has(entry)), name: egressIP.name }, egressIPAM === -1 ? [] : [egressIPAM]);
  return id;
}

function rememberIds(world: World, address: Address): readonly string[] {
  return world.snapshot.egressIPAMs.flatMap((egressIPAM) => (assignmentOf(egressIPAM, address) === undefined ? [] : [rememberId(egressIPAM.name)]));
}

/** An address is free when its EgressIP and its CloudPrivateIPConfig are gone; the latter's end is only observed. */
function afterRelease(world: World, steps: StepList, deletions: ReadonlyMap<string, string>, claim: Claim): readonly string[] {
  const after: string[] = [];
  const deletion = deletions.get(claim.namespace.name);
  if (deletion !== undefined) after.push(deletion);
  for (const config of world.snapshot.cloudPrivateIPConfigs) {
    if (config.address !== undefined && claim.leaving.includes(config.address)) after.push(`gone/CloudPrivateIPConfig/${config.name}`);
  }
  for (const address of claim.leaving) after.push(...rememberIds(world, address).filter((id) => steps.has(id)));
  return [...new Set(after)];
}

/** What the network made of each claim, and what stands in its way. */
export function reportAssignments(world: World): void {
  const foreign = world.snapshot.egressIPs
    .filter((egressIP) => world.isForeign(egressIP))
    .flatMap((egressIP) => {
      const compiled = compileSelector(egressIP.source.namespaceSelector);
      return compiled.ok ? [{ name: egressIP.name, matches: compiled.matches }] : [];
    });
  for (const claim of world.claims) {
    if (claim.release !== undefined || claim.addresses.length === 0) continue;
    reportOverlap(world, claim, foreign);
    reportAssignment(world, claim);
  }
}

function reportOverlap(world: World, claim: Claim, foreign: readonly { readonly name: string; readonly matches: (labels: Readonly<Record<string, string>>) => boolean }[]): void {
  const labels = { 'kubernetes.io/metadata.name': claim.namespace.name, ...claim.namespace.source.labels };
  const own = nameFor(world, claim);
  const overlapping = foreign.filter((egressIP) => egressIP.name !== own && egressIP.matches(labels)).map(({ name }) => name);
  if (overlapping.length === 0) return;
  world.reportNamespace(claim.namespace, {
    code: 'OverlappingEgressIP',
    severity: 'warning',
    message: `EgressIP ${overlapping.slice(0, 3).join(', ')} selects this namespace too; which of the two its pods use is undefined. Narrow or delete it`,
  });
}

function reportAssignment(world: World, claim: Claim): void {
  const existing = world.egressIPOf[claim.namespaceIndex];
  if (existing === undefined) return;
  const missing = claim.addresses.filter((address) => !existing.assigned.some((entry) => entry.address === address));
  if (missing.length === 0) return;
  const list = missing.map(formatAddress).join(', ');
  const said = world.snapshot.cloudPrivateIPConfigs.filter(({ address, source }) => address !== undefined && missing.includes(address) && source.assigned === 'False');
  const cloud = said.length === 0 ? '' : ` (the cloud says: ${said.map(({ source }) => source.message ?? source.reason ?? 'no').join('; ')})`;
  if (missing.length === claim.addresses.length) {
    world.reportNamespace(
      claim.namespace,
      { code: 'Unassigned', severity: 'error', message: `no node carries ${list} yet${cloud}: until one does, traffic leaves with the address of whatever node a pod runs on` },
      missing,
    );
    return;
  }
  world.reportNamespace(claim.namespace, { code: 'PartiallyAssigned', severity: 'warning', message: `no node carries ${list} yet${cloud}; the other addresses carry the traffic` }, missing);
}

/** Where the network cannot be told which nodes to use, topology values hold only if each has subnets of its own. */
export function reportTopology(world: World): void {
  const { network } = world.snapshot.source;
  if (network.kind !== 'ovn-kubernetes' || network.egressNodeSelector === true) return;
  world.snapshot.egressIPAMs.forEach((egressIPAM, index) => {
    const shared = egressIPAM.assignments.find((assignment) =>
      egressIPAM.assignments.some((other, position) => {
        if (other.labelValue === assignment.labelValue) return false;
        const group = world.nodes.groups[index]?.[position];
        return group?.selected.some((node) => world.nodes.canHost(node, assignment.cidr.first) || world.nodes.canHost(node, assignment.cidr.last)) === true;
      }),
    );
    if (shared === undefined) return;
    world.findings.push({
      code: 'TopologyNotEnforceable',
      severity: 'warning',
      object: { kind: 'EgressIPAM', name: egressIPAM.name },
      field: `spec.cidrAssignments[${shared.index}]`,
      message: `nodes with another ${egressIPAM.source.topologyLabel} than "${shared.labelValue}" are in the subnet of ${shared.cidr.text} too, and OVN-Kubernetes may place its addresses there; it cannot be told otherwise in this version`,
    });
  });
}

