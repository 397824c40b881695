import { formatAddress, type Address } from '../address/address.ts';
import { sameAddresses } from '../allocate/classify.ts';
import { assignmentOf, type Claim } from '../allocate/claim.ts';
import { egressIPConflict } from '../allocate/egress-ip-conflict.ts';
import { egressIPName, selectedNamespace, type World } from '../allocate/world.ts';
import type { ParsedEgressIP } from '../parse/parse-network-objects.ts';
import { egressAssignableLabel } from '../snapshot/names.ts';
import type { LabelSelector } from '../snapshot/snapshot.ts';
import { addAnnotateSteps, annotateId, isAnnotated } from './annotations.ts';
import { nextAddresses } from './ovn-next-addresses.ts';
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
export function nameFor(world: World, claim: Claim): string {
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
