import { ownershipLabel, type EgressIPAMDecision, type LabelSelector } from '@egressip-ipam/core';
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

/** By labels of ours alone: by those that people set, nodes would lose what they carry in the moment that these go. */
function nodeSelectorOf({ name }: EgressIPAMDecision): LabelSelector {
  return {
    matchLabels: { [ownershipLabel]: name },
    // A selector stands in place of this label, which people may take away to keep a node from egress addresses.
    matchExpressions: [{ key: egressAssignableLabel, operator: 'Exists' }],
  };
}
