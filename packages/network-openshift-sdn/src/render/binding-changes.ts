import { type Address, type ClaimDecision, type NetworkDecisions } from '@egressip-ipam/core';
import { sameInOrder } from '@egressip-ipam/core/plugin';
import type { OpenShiftSdnFacts } from '../facts/read-facts.ts';
import type { KeptCidrs } from './kept-cidrs.ts';

const none: readonly never[] = [];

/** A NetNamespace in our care whose binding changes. */
export interface BindingChange {
  readonly namespace: string;
  readonly claim: ClaimDecision | undefined;
  readonly current: readonly Address[];
  readonly target: readonly Address[];
  /** What goes, also what only a write of unknown outcome may have bound. */
  readonly unbound: readonly Address[];
}

/** NetNamespaces that have to be written. One that is not there yet is waited for: the SDN makes it. */
export function bindingChanges(
  decisions: NetworkDecisions,
  facts: OpenShiftSdnFacts,
  kept: KeptCidrs,
): readonly BindingChange[] {
  const changes: BindingChange[] = [];
  let found = 0;
  decisions.claims.forEach((claim) => {
    const { binding } = claim;
    if (binding === undefined) return;
    found += 1;
    const { addresses: current, unconfirmed } = binding;
    const target = targetOf(decisions, facts, kept, claim, current);
    if (target === current && unconfirmed.length === 0) return;
    const unbound = [...current, ...unconfirmed.filter((address) => !current.includes(address))].filter(
      (address) => !target.includes(address),
    );
    if (target !== current || unbound.length > 0) {
      changes.push({ namespace: claim.namespace, claim, current, target, unbound });
    }
  });
  const all = found < facts.bindings.size ? [...changes, ...leftovers(decisions, facts)] : changes;
  return facts.overlong.size === 0 ? all : all.filter(({ namespace }) => !facts.overlong.has(namespace));
}

/** What NetNamespaces still have of ours though no namespace claims it. What others bind too stays (law 5). */
function leftovers(decisions: NetworkDecisions, facts: OpenShiftSdnFacts): readonly BindingChange[] {
  const changes: BindingChange[] = [];
  const isLeftover = (address: Address): boolean => decisions.isLeaving(address) && !decisions.isBoundByOthers(address);
  for (const { namespace, addresses: current } of facts.bindings.values()) {
    if (current.length === 0 || decisions.claimOf(namespace) !== undefined) continue;
    const unbound = current.filter(isLeftover);
    if (unbound.length === 0) continue;
    changes.push({
      namespace,
      claim: undefined,
      current,
      target: current.filter((address) => !unbound.includes(address)),
      unbound,
    });
  }
  return changes;
}

/** The addresses of a claim that a node carries or is about to; the current list itself when nothing changes. */
function targetOf(
  decisions: NetworkDecisions,
  facts: OpenShiftSdnFacts,
  kept: KeptCidrs,
  claim: ClaimDecision,
  current: readonly Address[],
): readonly Address[] {
  if (claim.releases) {
    const { leaving } = claim;
    return current.some((address) => leaving.includes(address))
      ? current.filter((address) => !leaving.includes(address))
      : current;
  }
  if (claim.egressIPAM === undefined) return current;
  const isPlacedByCidr = claim.egressIPAM.placement === 'us-by-cidr';
  if (claim.isInPlace && !isPlacedByCidr && sameInOrder(claim.addresses, current)) return current;
  let bound = 0;
  let others: Address[] | undefined;
  for (const address of claim.addresses) {
    const isBound = current[bound] === address || current.includes(address);
    const isCarried = isPlacedByCidr
      ? isBound || isCarriedByCidr(decisions, kept, claim, address)
      : hasNode(decisions, facts, address, isBound);
    if (!isCarried) continue;
    if (others === undefined && current[bound] === address) {
      bound += 1;
      continue;
    }
    // The SDN would drop both, were an address bound here that somebody else's NetNamespace has.
    if (decisions.isBoundByOthers(address) && !isBound) continue;
    others ??= current.slice(0, bound);
    others.push(address);
  }
  return others ?? (bound === current.length ? current : current.slice(0, bound));
}

/**
 * Whether an address has a node, or is to get one. What is bound already and has none, or one that is gone, stays
 * bound: the SDN drops the traffic then, where it would leave with the addresses of nodes if it were bound to nothing.
 */
function hasNode(decisions: NetworkDecisions, facts: OpenShiftSdnFacts, address: Address, isBound: boolean): boolean {
  const node = decisions.nodeOf(address);
  if (node === undefined) return isBound && decisions.hostOf(address) === undefined;
  return isBound || facts.nodeOf(node).usable;
}

function isCarriedByCidr(
  decisions: NetworkDecisions,
  kept: KeptCidrs,
  { egressIPAM }: ClaimDecision,
  address: Address,
): boolean {
  if (egressIPAM === undefined) return false;
  const assignment = decisions.assignmentOf(egressIPAM, address);
  if (assignment !== undefined) return assignment.selected.length > 0;
  return decisions.hostOf(address) !== undefined || kept.of(egressIPAM).length > 0;
}

/** Addresses that NetNamespaces are about to lose, and the steps that take them from there. */
export class Unbinding {
  readonly #steps = new Map<Address, string>();

  constructor(changes: readonly BindingChange[]) {
    for (const { namespace, unbound } of changes)
      for (const address of unbound) this.#steps.set(address, bindId(namespace));
  }

  /** The step that takes an address from its NetNamespace. */
  stepOf(address: Address): string | undefined {
    return this.#steps.get(address);
  }

  /** The steps that unbind some addresses. */
  stepsOf(isConcerned: (address: Address) => boolean): readonly string[] {
    return this.#steps.size === 0
      ? none
      : [...this.#steps].flatMap(([address, id]) => (isConcerned(address) ? [id] : []));
  }
}

/** The id of the step that writes a NetNamespace. */
export function bindId(namespace: string): string {
  return `NetNamespace/${namespace}`;
}
