import type { EgressIPAMDecision, LabelSelector } from '@egressip-ipam/core';
import { selectorText } from '../facts/selector-text.ts';
import { egressAssignableLabel } from '../kinds/names.ts';

/** A node selector, and its canonical form. */
export interface WantedSelector {
  readonly selector: LabelSelector;
  readonly text: string;
}

/** The node selectors of EgressIPs, one per EgressIPAM; none where the network cannot be told which nodes to use. */
export class NodeSelectors {
  readonly #canPin: boolean;
  readonly #byEgressIPAM = new Map<EgressIPAMDecision, WantedSelector>();

  constructor(canPin: boolean) {
    this.#canPin = canPin;
  }

  /** The nodes of an EgressIPAM, as an EgressIP selects them. */
  of(egressIPAM: EgressIPAMDecision): WantedSelector | undefined {
    if (!this.#canPin) return undefined;
    let wanted = this.#byEgressIPAM.get(egressIPAM);
    if (wanted === undefined) {
      const selector = nodeSelectorOf(egressIPAM);
      this.#byEgressIPAM.set(egressIPAM, (wanted = { selector, text: selectorText(selector) }));
    }
    return wanted;
  }
}

function nodeSelectorOf({ nodeSelector, topologyLabel, assignments }: EgressIPAMDecision): LabelSelector {
  const values = [...new Set(assignments.map(({ labelValue }) => labelValue))].sort();
  return {
    ...(nodeSelector?.matchLabels === undefined ? {} : { matchLabels: nodeSelector.matchLabels }),
    matchExpressions: [
      ...(nodeSelector?.matchExpressions ?? []),
      { key: topologyLabel, operator: 'In', values },
      // A selector stands in place of the label, by which nodes are dismissed.
      { key: egressAssignableLabel, operator: 'Exists' },
    ],
  };
}
