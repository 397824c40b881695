import {
  afterStep,
  firstFew,
  formatAddress,
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
  const added = new Map<EgressIPAMDecision, NetworkStep[]>();
  const dismissed: { readonly node: ParsedNode; readonly egressIPAM: EgressIPAMDecision | undefined }[] = [];
  for (const node of facts.nodes) {
    const egressIPAM = decisions.egressIPAMOfNode(node.name);
    if (egressIPAM === undefined || egressIPAM.deleting) {
      if (node.isLabelledByUs) dismissed.push({ node, egressIPAM });
    } else if (
      !Object.hasOwn(node.source.labels, egressAssignableLabel) &&
      facts.nodeOf(node.name).subnets?.length !== 0
    ) {
      // A node that announces no network (Windows, or one that is not set up yet) carries nothing.
      added.set(egressIPAM, [...(added.get(egressIPAM) ?? none), labelStep(node.name, true, [])]);
    }
  }
  const steps = [...added.values()].flat();
  const findings: Finding[] = [];
  const beforeLeaving = steps.map(({ id }) => afterStep(id));
  for (const { node, egressIPAM } of dismissed) {
    const needed = egressIPAM === undefined ? neededOn(decisions, facts, node.name) : none;
    if (needed.length > 0) findings.push(stillNeeded(node.name, needed));
    else if (egressIPAM === undefined) steps.push(labelStep(node.name, false, beforeLeaving));
    else steps.push({ ...labelStep(node.name, false, endOf(egressIPAM)), egressIPAM: egressIPAM.name });
  }
  const beforeApplying = new Map([...added].map(([egressIPAM, labels]) => [egressIPAM, labels.map(optionally)]));
  return { steps, findings, beforeApplying: (egressIPAM) => beforeApplying.get(egressIPAM) ?? none };
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

/** What a node that is no longer selected carries, and no other node can take: it would leave by node addresses. */
function neededOn(decisions: NetworkDecisions, facts: OvnKubernetesFacts, node: string): readonly Address[] {
  const needed: Address[] = [];
  for (const { hosted } of facts.hosts) {
    for (const entry of hosted) {
      if (entry.node === node && !mayMove(decisions, entry.address, node)) needed.push(entry.address);
    }
  }
  return needed;
}

function mayMove(decisions: NetworkDecisions, address: Address, node: string): boolean {
  const owner = decisions.ownerOf(address);
  const claim = owner === undefined ? undefined : decisions.claimOf(owner);
  if (claim === undefined) return true;
  const { egressIPAM } = claim;
  if (egressIPAM === undefined) return false;
  const busy = new Set(claim.addresses.map((sibling) => decisions.hostOf(sibling)));
  const candidates =
    decisions.assignmentOf(egressIPAM, address)?.candidates ??
    egressIPAM.assignments.flatMap((entry) => entry.candidates);
  return candidates.some((other) => other !== node && !busy.has(other) && decisions.canHost(other, address));
}

function stillNeeded(node: string, addresses: readonly Address[]): Finding {
  const texts = addresses.map(formatAddress);
  return {
    code: 'NodeStillNeeded',
    severity: 'warning',
    object: { kind: 'Node', name: node },
    message:
      `no EgressIPAM selects it any more, but it carries ${firstFew(texts)}, which no other node can take; it keeps the label ` +
      `${egressAssignableLabel} until one can. Add nodes to the EgressIPAM, or give this one its labels back`,
    addresses: texts,
  };
}
