import { ownershipLabel, type EgressIPAMDecision, type LabelSelector } from '@egressip-ipam/core';
import { selectorText } from '../facts/selector-text.ts';
import { egressAssignableLabel } from '../kinds/names.ts';

/** A node selector, and its canonical form. */
export interface WantedSelector {
  readonly selector: LabelSelector;
  readonly text: string;
}

/** The node selectors of EgressIPs; none where the network cannot be told which nodes to use. */
export class NodeSelectors {
  readonly #canPin: boolean;
  /** By the names of EgressIPAMs. */
  readonly #known = new Map<string, WantedSelector>();

  constructor(canPin: boolean) {
    this.#canPin = canPin;
  }

  /** The nodes of some EgressIPAMs, as an EgressIP selects them. */
  of(egressIPAMs: readonly EgressIPAMDecision[]): WantedSelector | undefined {
    if (!this.#canPin) return undefined;
    const names = egressIPAMs.map(({ name }) => name).sort();
    let wanted = this.#known.get(names.join());
    if (wanted === undefined) {
      const selector = nodeSelectorOf(names);
      this.#known.set(names.join(), (wanted = { selector, text: selectorText(selector) }));
    }
    return wanted;
  }
}

/** By labels of ours alone: by those that people set, nodes would lose what they carry in the moment that these go. */
function nodeSelectorOf(names: readonly string[]): LabelSelector {
  // A selector stands in place of this label, which people may take away to keep a node from egress addresses.
  const assignable = { key: egressAssignableLabel, operator: 'Exists' } as const;
  const [only = '', ...others] = names;
  if (others.length === 0) return { matchLabels: { [ownershipLabel]: only }, matchExpressions: [assignable] };
  return { matchExpressions: [{ key: ownershipLabel, operator: 'In', values: names }, assignable] };
}
