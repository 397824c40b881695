import {
  afterStep,
  firstFew,
  formatAddress,
  NodeUses,
  type Address,
  type EgressIPAMDecision,
  type Finding,
  type NetworkDecisions,
  type NetworkStep,
  type Precondition,
} from '@egressip-ipam/core';
import type { ParsedNode } from '../facts/parse-node.ts';
import type { OvnKubernetesFacts } from '../facts/read-facts.ts';
import { egressAssignableLabel } from '../kinds/names.ts';
import type { Payload } from '../write/payload.ts';

/** The writes of labels on nodes. */
export interface LabelPlan {
  readonly steps: readonly NetworkStep[];
  readonly findings: readonly Finding[];
  /** What EgressIPs of an EgressIPAM wait for; a label that cannot be set is passed over. */
  readonly beforeApplying: (egressIPAM: EgressIPAMDecision) => readonly Precondition[];
}

const none: readonly never[] = [];

/**
 * The label goes on all nodes of an EgressIPAM at once, before its EgressIPs, or the network would put every address on
 * the first one labelled; and it leaves nodes after it came to others, or there would be none for a while.
 *
 * @param endOf the ends of the EgressIPs of an EgressIPAM that is being deleted
 */
export function planLabels(
  decisions: NetworkDecisions,
  facts: OvnKubernetesFacts,
  endOf: (egressIPAM: EgressIPAMDecision) => readonly Precondition[],
): LabelPlan {
  const uses = new NodeUses(decisions, facts);
  const added = new Map<EgressIPAMDecision, NetworkStep[]>();
  const dismissed: string[] = [];
  const ending: NetworkStep[] = [];
  const findings: Finding[] = [];
  for (const node of facts.nodes) {
    const { name } = node;
    const egressIPAM = decisions.egressIPAMOfNode(name);
    const isLabelled = Object.hasOwn(node.source.labels, egressAssignableLabel);
    if (egressIPAM !== undefined && mayGetLabel(decisions, facts, egressIPAM, name) && !isLabelled) {
      added.set(egressIPAM, [...(added.get(egressIPAM) ?? none), labelStep(name, true, [])]);
    } else if (egressIPAM?.deleting === true) {
      if (node.isLabelledByUs)
        ending.push({ ...labelStep(name, false, endOf(egressIPAM)), egressIPAM: egressIPAM.name });
    } else if (node.isLabelledByUs && uses.of(name) === 'dismissed') dismissed.push(name);
    else if (isLabelled) findings.push(...reportLabelled(decisions, uses, node));
  }
  const steps = [...added.values()].flat();
  const beforeLeaving = steps.map(({ id }) => afterStep(id));
  steps.push(...dismissed.map((name) => labelStep(name, false, beforeLeaving)), ...ending);
  const beforeApplying = new Map([...added].map(([egressIPAM, labels]) => [egressIPAM, labels.map(optionally)]));
  return { steps, findings, beforeApplying: (egressIPAM) => beforeApplying.get(egressIPAM) ?? none };
}

/** A cordoned node, or one that is about to go, takes nothing; nor does one that announces no network (Windows, or one that is not set up yet). */
function mayGetLabel(
  decisions: NetworkDecisions,
  facts: OvnKubernetesFacts,
  { deleting }: EgressIPAMDecision,
  node: string,
): boolean {
  return !deleting && decisions.standingOf(node) === 'open' && facts.nodeOf(node).subnets?.length !== 0;
}

function optionally({ id }: NetworkStep): Precondition {
  return { kind: 'step', id, optional: true };
}

function labelStep(node: string, present: boolean, after: readonly Precondition[]): NetworkStep {
  return {
    kind: 'network',
    action: present ? 'label' : 'unlabel',
    id: `Node/${node}`,
    object: { kind: 'Node', name: node },
    node,
    effects: {},
    after,
    payload: { write: 'label', present } satisfies Payload,
  };
}

/** What is wrong with a node that has the label still. */
function reportLabelled(
  decisions: NetworkDecisions,
  uses: NodeUses,
  { name, isLabelledByUs }: ParsedNode,
): readonly Finding[] {
  const egressIPAM = decisions.egressIPAMOfNode(name);
  const standing = decisions.standingOf(name);
  if (standing === 'cordoned' && egressIPAM !== undefined) {
    const carried = uses.carriedOn(name);
    return carried.length === 0 ? none : [takesMore(name, carried)];
  }
  // A label that a person set is theirs to remove, and so is what comes of it.
  const isToGo = egressIPAM === undefined || standing === 'leaving';
  return isLabelledByUs && isToGo ? [stillNeeded(name, egressIPAM === undefined, uses.stuckOn(name))] : none;
}

function stillNeeded(node: string, isUnselected: boolean, addresses: readonly Address[]): Finding {
  const texts = addresses.map(formatAddress);
  const [why, wayOut] = isUnselected
    ? ['no EgressIPAM selects it any more', 'Add nodes to the EgressIPAM, or give this one its labels back']
    : ['it is about to go', 'Add nodes to the EgressIPAM before this one goes'];
  return {
    code: 'NodeStillNeeded',
    severity: 'warning',
    object: { kind: 'Node', name: node },
    message:
      `${why}, but it carries ${firstFew(texts)}, which no other node can take; it keeps the label ` +
      `${egressAssignableLabel} until one can. ${wayOut}`,
    addresses: texts,
  };
}

function takesMore(node: string, addresses: readonly Address[]): Finding {
  const texts = addresses.map(formatAddress);
  return {
    code: 'CordonedNodeTakesMore',
    severity: 'info',
    object: { kind: 'Node', name: node },
    message:
      `it is cordoned and carries ${firstFew(texts)}: with the label ${egressAssignableLabel}, which keeps them there, ` +
      'OVN-Kubernetes may put more on it. It loses the label when it carries nothing; to empty it now, take it out of its EgressIPAM',
    addresses: texts,
  };
}
