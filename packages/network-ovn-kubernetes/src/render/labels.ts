import {
  formatAddress,
  ownershipLabel,
  type Address,
  type EgressIPAMDecision,
  type Finding,
  type NetworkDecisions,
  type NetworkStep,
  type NodeSnapshot,
  type Precondition,
} from '@egressip-ipam/core';
import { afterStep, firstFew, NodeUses } from '@egressip-ipam/core/plugin';
import type { ParsedNode } from '../facts/parse-node.ts';
import type { OvnKubernetesFacts } from '../facts/read-facts.ts';
import { egressAssignableLabel } from '../kinds/names.ts';
import type { LabelPayload } from '../write/payload.ts';

/** The writes of labels on nodes. */
export interface LabelPlan {
  readonly steps: readonly NetworkStep[];
  readonly findings: readonly Finding[];
  /** What EgressIPs of an EgressIPAM wait for; a label that cannot be set is passed over. */
  readonly beforeApplying: (egressIPAM: EgressIPAMDecision) => readonly Precondition[];
  /** Nodes that get the network's label. */
  readonly coming: ReadonlySet<string>;
}

const none: readonly never[] = [];

/**
 * The label goes on all nodes of an EgressIPAM at once, before its EgressIPs, or the network would put every address on
 * the first one labelled; and it leaves nodes after it came to others, or there would be none for a while. Where
 * EgressIPs select nodes, they do so by a label of ours that stands beside it: labels of other people's go when they
 * go.
 *
 * @param endOf the ends of the EgressIPs of an EgressIPAM that is being deleted
 * @param canPin whether EgressIPs select nodes
 */
export function planLabels(
  decisions: NetworkDecisions,
  facts: OvnKubernetesFacts,
  endOf: (egressIPAM: EgressIPAMDecision) => readonly Precondition[],
  canPin: boolean,
): LabelPlan {
  const nodes = new LabelledNodes(decisions, facts, canPin);
  const added = new Map<EgressIPAMDecision, NetworkStep[]>();
  const dismissed: Change[] = [];
  const ending: NetworkStep[] = [];
  const findings: Finding[] = [];
  const coming = new Set<string>();
  for (const node of facts.nodes) {
    const change = nodes.changeOf(node);
    if (change?.labels.assignable === true) coming.add(node.name);
    if (change === undefined) findings.push(...nodes.report(node));
    else if (change.when === 'away') dismissed.push(change);
    else if (change.when === 'at-the-end') {
      ending.push({ ...labelStep(change, endOf(change.egressIPAM)), egressIPAM: change.egressIPAM.name });
    } else added.set(change.egressIPAM, [...(added.get(change.egressIPAM) ?? none), labelStep(change, [])]);
  }
  const steps = [...added.values()].flat();
  const beforeLeaving = steps.map(({ id }) => afterStep(id));
  steps.push(...dismissed.map((change) => labelStep(change, beforeLeaving)), ...ending);
  const beforeApplying = new Map([...added].map(([egressIPAM, labels]) => [egressIPAM, labels.map(optionally)]));
  return { steps, findings, coming, beforeApplying: (egressIPAM) => beforeApplying.get(egressIPAM) ?? none };
}

/** What is to become of a node's labels; absent: it stays as it is. */
type Labels = Omit<LabelPayload, 'write'>;

/**
 * A change of a node's labels: `first`, before EgressIPs count on it; `away`, once others can take over; `at-the-end`
 * of an EgressIPAM.
 */
type Change = { readonly node: string; readonly labels: Labels } & (
  { readonly when: 'away' } | { readonly when: 'first' | 'at-the-end'; readonly egressIPAM: EgressIPAMDecision }
);

/** Decides what becomes of the labels of one node after the other. */
class LabelledNodes {
  readonly #decisions: NetworkDecisions;
  readonly #facts: OvnKubernetesFacts;
  readonly #uses: NodeUses;
  readonly #canPin: boolean;

  constructor(decisions: NetworkDecisions, facts: OvnKubernetesFacts, canPin: boolean) {
    this.#decisions = decisions;
    this.#facts = facts;
    this.#uses = new NodeUses(decisions, facts);
    this.#canPin = canPin;
  }

  /** The change of a node's labels, if there is to be one now. */
  changeOf({ name, source, isLabelledByUs }: ParsedNode): Change | undefined {
    const egressIPAM = this.#decisions.egressIPAMOfNode(name);
    const owner = source.labels[ownershipLabel];
    const off: Labels = {
      ...(isLabelledByUs ? { assignable: false } : {}),
      ...(owner === undefined ? {} : { egressIPAM: null }),
    };
    const isOurs = Object.keys(off).length > 0;
    if (egressIPAM?.deleting === true)
      return isOurs && !this.#servesOthers(name)
        ? { when: 'at-the-end', node: name, egressIPAM, labels: off }
        : undefined;
    if (this.#mayGetLabel(name) && !isLabelled(source) && egressIPAM !== undefined) {
      return {
        when: 'first',
        node: name,
        egressIPAM,
        labels: { assignable: true, ...this.#ownedBy(egressIPAM, source) },
      };
    }
    if (this.#uses.of(name) === 'dismissed') return isOurs ? { when: 'away', node: name, labels: off } : undefined;
    if (egressIPAM === undefined || !isLabelled(source)) return undefined;
    const labels = this.#ownedBy(egressIPAM, source);
    if (labels.egressIPAM === undefined) return undefined;
    return owner === undefined
      ? { when: 'first', node: name, egressIPAM, labels }
      : { when: 'away', node: name, labels };
  }

  /** What is wrong with a node that keeps its labels. */
  report({ name, source, isLabelledByUs }: ParsedNode): readonly Finding[] {
    if (!isLabelled(source)) return none;
    const egressIPAM = this.#decisions.egressIPAMOfNode(name);
    const standing = this.#decisions.standingOf(name);
    const owner = source.labels[ownershipLabel];
    if (this.#canPin && egressIPAM !== undefined && owner !== undefined && owner !== egressIPAM.name) {
      const stuck = this.#stuckOfOthers(name);
      if (stuck.length > 0) return [selectedByAnother(name, egressIPAM, stuck)];
    }
    if (standing === 'cordoned' && egressIPAM !== undefined) {
      const carried = this.#uses.carriedOn(name);
      return carried.length === 0 ? none : [takesMore(name, carried)];
    }
    const isToGo = egressIPAM === undefined || standing === 'leaving';
    const isOurs = isLabelledByUs || (this.#canPin && owner !== undefined);
    // A label that a person set is theirs to remove; where the node is ours, they are told to.
    if (!isOurs && egressIPAM !== undefined && standing === 'leaving') {
      const carried = this.#uses.carriedOn(name);
      return carried.length === 0 ? none : [labelledByHand(name, carried)];
    }
    if (!isOurs || !isToGo || this.#uses.of(name) === 'dismissed') return none;
    return [notToGo(name, egressIPAM === undefined, this.#uses.stuckOn(name))];
  }

  /**
   * A cordoned node, or one that is about to go, takes nothing; nor does one that announces no network (Windows, or one
   * that is not set up yet).
   */
  #mayGetLabel(node: string): boolean {
    return this.#decisions.standingOf(node) === 'open' && this.#facts.nodeOf(node).subnets?.length !== 0;
  }

  /** The label by which EgressIPs select a node, unless it is there, or keeps on the node what no other can take. */
  #ownedBy({ name: egressIPAM }: EgressIPAMDecision, { name, labels }: NodeSnapshot): Labels {
    const owner = labels[ownershipLabel];
    if (!this.#canPin || owner === egressIPAM) return {};
    return owner === undefined || this.#stuckOfOthers(name).length === 0 ? { egressIPAM } : {};
  }

  /**
   * Whether a node carries something of an EgressIPAM that stays: what another one that goes had, such as before it got
   * another name. Once that is gone the node is the other's, or has its label for as long as it is needed.
   */
  #servesOthers(node: string): boolean {
    return this.#uses
      .carriedOn(node)
      .some((address) => this.#decisions.claimWith(address)?.egressIPAM?.deleting === false);
  }

  /** What a node carries of EgressIPAMs that select it no more, and no other node can take. */
  #stuckOfOthers(node: string): readonly Address[] {
    const egressIPAM = this.#decisions.egressIPAMOfNode(node);
    return this.#uses.stuckOn(node).filter((address) => {
      const claim = this.#decisions.claimWith(address);
      return claim !== undefined && claim.egressIPAM !== egressIPAM;
    });
  }
}

function isLabelled({ labels }: NodeSnapshot): boolean {
  return Object.hasOwn(labels, egressAssignableLabel);
}

function optionally({ id }: NetworkStep): Precondition {
  return { kind: 'step', id, optional: true };
}

function labelStep({ node, labels }: Change, after: readonly Precondition[]): NetworkStep {
  return {
    kind: 'network',
    action: labels.assignable === true || typeof labels.egressIPAM === 'string' ? 'label' : 'unlabel',
    id: `Node/${node}`,
    object: { kind: 'Node', name: node },
    node,
    effects: {},
    after,
    payload: { write: 'label', ...labels } satisfies LabelPayload,
    ...(labels.assignable === true ? { carries: true } : {}),
  };
}

function notToGo(node: string, isUnselected: boolean, stuck: readonly Address[]): Finding {
  return isUnselected
    ? stillNeeded(
        node,
        'no EgressIPAM selects it any more',
        'Add nodes to the EgressIPAM, or give this one its labels back',
        stuck,
      )
    : stillNeeded(node, 'it is about to go', 'Add nodes to the EgressIPAM before this one goes', stuck);
}

function selectedByAnother(node: string, { name }: EgressIPAMDecision, stuck: readonly Address[]): Finding {
  return stillNeeded(node, `EgressIPAM ${name} selects it now`, 'Add nodes to the EgressIPAM that has them', stuck);
}

function stillNeeded(node: string, why: string, wayOut: string, addresses: readonly Address[]): Finding {
  const texts = addresses.map(formatAddress);
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

function labelledByHand(node: string, addresses: readonly Address[]): Finding {
  const texts = addresses.map(formatAddress);
  return {
    code: 'NodeStillNeeded',
    severity: 'warning',
    object: { kind: 'Node', name: node },
    message:
      `it is about to go, and carries ${firstFew(texts)} still: a person set its label ${egressAssignableLabel}, so ` +
      'this project does not take it off. Remove the label, so that other nodes take over while this one works',
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
