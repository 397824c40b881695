import {
  parseAddress,
  type Address,
  type LabelSelector,
  type NetworkView,
  type ObjectReference,
} from '@egressip-ipam/core';
import { isOnRecord, parseAddresses } from '@egressip-ipam/core/plugin';
import type { EgressEntry } from '../kinds/egress.ts';
import { egressSubject, namespaceNameLabel, reserveLabel } from '../kinds/names.ts';

/** An Egress with its address parsed. */
export interface ParsedEgress {
  readonly name: string;
  readonly source: EgressEntry;
  readonly object: ObjectReference;
  readonly address: Address | undefined;
  /** For whom it is, where it is ours. */
  readonly ours: { readonly namespace: string; readonly address: Address } | undefined;
  /** Whether it is ours only if our record of its namespace confirms that: its managed fields do not say so. */
  readonly awaitsRecord: boolean;
  /** Whether it sends all pods of its namespace out by its address: people may have narrowed it, or turned it. */
  readonly active: boolean;
  /** Whether it selects nothing, and waits. */
  readonly inReserve: boolean;
  /** The node that has its address, as far as is known: our record where we place, else what Antrea says. */
  readonly node: string | undefined;
  /** Whether Antrea says so, too. */
  readonly isConfirmed: boolean;
  readonly unconfirmed: readonly Address[];
}

/**
 * Parses an Egress. It is ours by the name that we give, together with its labels, where its managed fields say that we
 * made it, or our record of its namespace confirms it: anybody can copy a label.
 */
export function parseEgress(source: EgressEntry): ParsedEgress {
  const { namespace, egressIPAM } = source;
  const subject = egressSubject(source.name);
  return egressOf(
    source,
    egressIPAM !== undefined && ['', subject?.namespace].includes(namespace) ? subject : undefined,
  );
}

/** Whether an Egress awaits our record, which does not confirm it. */
export function isUnproven({ awaitsRecord, ours }: ParsedEgress, view: NetworkView): boolean {
  return awaitsRecord && ours !== undefined && !isOnRecord(view, ours.namespace, [ours.address]);
}

/** The same Egress as somebody else's. */
export function asOthers({ source }: ParsedEgress): ParsedEgress {
  return egressOf(source, undefined);
}

function egressOf(source: EgressEntry, ours: ParsedEgress['ours']): ParsedEgress {
  const { placedOn, egressNode } = source;
  const address = ours?.address ?? parseAddress(source.egressIP);
  const isShown = egressNode !== '' && parseAddress(source.statusIP) === address;
  const inReserve = source.podSelector?.matchLabels?.[reserveLabel] !== undefined;
  const isPlacedByUs = source.externalIPPool === '' && ours !== undefined;
  const node = isPlacedByUs ? placedOn : isShown ? egressNode : undefined;
  return {
    name: source.name,
    source,
    object: { kind: 'Egress', name: source.name },
    address,
    ours,
    awaitsRecord: ours !== undefined && source.applied !== true,
    active:
      ours === undefined ? !inReserve : isWhole(source, ours.namespace) && parseAddress(source.egressIP) === address,
    inReserve,
    node,
    isConfirmed: isShown && egressNode === node,
    unconfirmed: parseAddresses(source.unconfirmed ?? []),
  };
}

/** Whether an Egress selects all pods of a namespace, and no others. */
function isWhole({ namespaceSelector, podSelector = {} }: EgressEntry, namespace: string): boolean {
  return onlyNamespace(namespaceSelector) === namespace && isEmpty(podSelector);
}

/** The one namespace that a selector names; undefined where it selects otherwise. */
export function onlyNamespace({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): string | undefined {
  const isOne = matchExpressions.length === 0 && Object.keys(matchLabels).length === 1;
  return isOne ? matchLabels[namespaceNameLabel] : undefined;
}

function isEmpty({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return matchExpressions.length === 0 && Object.keys(matchLabels).length === 0;
}

/** The selection of an Egress of ours: a namespace's pods, or none of them while it is in reserve. */
export function appliedTo(namespace: string, active: boolean): Pick<EgressEntry, 'namespaceSelector' | 'podSelector'> {
  return {
    namespaceSelector: { matchLabels: { [namespaceNameLabel]: namespace } },
    ...(active ? {} : { podSelector: { matchLabels: { [reserveLabel]: 'true' } } }),
  };
}
