import { type NetworkView } from '@egressip-ipam/core';
import { isAscending, isOnRecord, NamespaceIndex, sameAddresses, type ByNamespace } from '@egressip-ipam/core/plugin';
import { egressIPName, namespaceOfName } from '../kinds/names.ts';
import type { ParsedEgressIP } from './parse-egress-ip.ts';

const none: readonly never[] = [];

/** Whose EgressIPs are whose. */
export interface Ownership {
  /** By namespace: the EgressIP that carries it and is ours, or is to be. */
  readonly ofNamespace: ByNamespace<ParsedEgressIP>;
  /** Ours, beside another one for the same namespace. */
  readonly surplus: readonly ParsedEgressIP[];
  /** Those of others, which will stay theirs. */
  readonly foreign: readonly ParsedEgressIP[];
}

/** What is ours for certain. */
export interface Proven {
  readonly egressIPs: readonly ParsedEgressIP[];
  readonly ofNamespace: ByNamespace<ParsedEgressIP>;
  readonly surplus: readonly ParsedEgressIP[];
  readonly others: readonly ParsedEgressIP[];
}

/** Whether an EgressIP awaits our record, which does not confirm it. */
export function isUnproven(
  { awaitsRecord, namespace, addresses, unconfirmed }: ParsedEgressIP,
  view: NetworkView,
): boolean {
  return awaitsRecord && !isOnRecord(view, namespace, [...addresses, ...unconfirmed]);
}

/** Sorts out what is ours for certain. */
export function proven(egressIPs: readonly ParsedEgressIP[]): Proven {
  const ours = egressIPs.filter((egressIP) => egressIP.ours);
  const others = ours.length === egressIPs.length ? none : egressIPs.filter((egressIP) => !egressIP.ours);
  // Names follow the namespaces, so that mostly the order of one is that of the others.
  if (isAscending(ours)) return { egressIPs, ofNamespace: new NamespaceIndex(ours), surplus: none, others };
  const ofNamespace = new Map<string, ParsedEgressIP>();
  const surplus: ParsedEgressIP[] = [];
  for (const egressIP of ours) {
    const before = ofNamespace.get(egressIP.namespace);
    const isNamedForIt = before !== undefined && egressIP.name === egressIPName(egressIP.namespace);
    if (before === undefined || isNamedForIt) ofNamespace.set(egressIP.namespace, egressIP);
    if (before !== undefined) surplus.push(isNamedForIt ? before : egressIP);
  }
  return { egressIPs, ofNamespace, surplus, others };
}

/**
 * What carries a namespace stays, whatever else is made for the same addresses; where nothing is ours, its owner may
 * ask for what is there.
 */
export function ownershipOf({ ofNamespace, surplus, others }: Proven, view: NetworkView): Ownership {
  if (others.length === 0) return { ofNamespace, surplus, foreign: others };
  const adopted = new Map<string, ParsedEgressIP>();
  for (const egressIP of others) {
    const { selected } = egressIP;
    if (selected === undefined || ofNamespace.get(selected) !== undefined || !isAdoptable(egressIP, view)) continue;
    if (!adopted.has(selected) || egressIP.name === egressIPName(selected)) adopted.set(selected, egressIP);
  }
  if (adopted.size === 0) return { ofNamespace, surplus, foreign: others };
  return {
    ofNamespace: new NamespaceIndex([...ofNamespace.values(), ...adopted.values()]),
    surplus,
    foreign: others.filter((egressIP) => adopted.get(egressIP.selected ?? '') !== egressIP),
  };
}

/**
 * An object that was made by hand, or left by the migration from OpenShift SDN, for just the addresses that its
 * namespace is annotated with.
 */
function isAdoptable({ source, addresses, selected = '' }: ParsedEgressIP, view: NetworkView): boolean {
  if (source.deletedAt !== undefined || source.podSelector !== undefined || addresses.length === 0) return false;
  if (source.others !== undefined) return false;
  if ((namespaceOfName(source.name) ?? selected) !== selected) return false;
  const listed = view.claimantOf(selected)?.listed;
  return listed !== undefined && sameAddresses(addresses, listed);
}
