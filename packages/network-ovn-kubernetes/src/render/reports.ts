import {
  familyOf,
  formatAddress,
  type Address,
  type ClaimDecision,
  type Finding,
  type NetworkView,
} from '@egressip-ipam/core';
import { SelectorIndex } from '@egressip-ipam/core/plugin';
import type { ParsedEgressIP } from '../facts/parse-egress-ip.ts';
import type { OvnKubernetesFacts } from '../facts/read-facts.ts';
import { egressIPName, namespaceNameLabel } from '../kinds/names.ts';
import type { Carriers } from './carried.ts';

/**
 * What OVN-Kubernetes has made of a namespace's addresses, from specs and status. Its Events may be gone, and count for
 * nothing.
 */
export type AssignmentState = 'Allocated' | 'Assigned' | 'PartiallyAssigned' | 'Unassigned' | 'Conflict';

/**
 * Says what carries no traffic, why, and what leaves by what until then.
 *
 * @param others names of EgressIPs of others that select the namespace, too
 */
export function reportMissing(
  facts: OvnKubernetesFacts,
  carriers: Carriers,
  claim: ClaimDecision,
  existing: ParsedEgressIP,
  { missing, carrying }: { readonly missing: readonly Address[]; readonly carrying: readonly Address[] },
  others: readonly string[],
): Finding {
  const texts = missing.map(formatAddress);
  const base = { object: { kind: 'Namespace', name: claim.namespace }, addresses: texts };
  const list = texts.join(', ');
  const diverted = divertedText(claim, existing, list, others);
  if (diverted !== undefined) return { ...base, code: 'Unassigned', severity: 'error', message: diverted };
  const [family] = missing.map(familyOf).filter((entry) => !carrying.some((address) => familyOf(address) === entry));
  const until = `no node carries ${list} yet${reasonOf(facts, carriers, existing, missing)}: until one does,`;
  if (carrying.length === 0) {
    const message = `${until} traffic leaves with ${inPlace(others)}`;
    return { ...base, code: 'Unassigned', severity: 'error', message };
  }
  if (family !== undefined) {
    const message = `${until} IPv${family} traffic leaves with ${inPlace(others)}`;
    return { ...base, code: 'PartiallyAssigned', severity: 'error', message };
  }
  const message = `${until} traffic leaves with ${carrying.map(formatAddress).join(', ')}`;
  return { ...base, code: 'PartiallyAssigned', severity: 'warning', message };
}

/** What pods leave with while no EgressIP of ours has them. */
function inPlace(others: readonly string[]): string {
  const nodes = 'the address of whatever node a pod runs on';
  return others.length === 0 ? nodes : `${nodes}, or of EgressIP ${others.join(', ')}, which selects it too`;
}

/** An EgressIP that somebody turned to other pods may well be on a node: it is not the nodes that are missing. */
function divertedText(
  { namespace }: ClaimDecision,
  { name, selected, source }: ParsedEgressIP,
  list: string,
  others: readonly string[],
): string | undefined {
  if (source.deletedAt !== undefined) return undefined;
  const until = 'until that is put right, traffic';
  if (selected === undefined) {
    return (
      `EgressIP ${name} does not select by the namespace's name alone: ${until} of the namespace may leave with ` +
      `${inPlace(others)}, and that of other namespaces with ${list}`
    );
  }
  if (selected !== namespace) {
    return (
      `EgressIP ${name} selects namespace ${selected} in its place: ${until} leaves with ${inPlace(others)}, ` +
      `and that of ${selected} with ${list}`
    );
  }
  if (source.podSelector === undefined) return undefined;
  return `EgressIP ${name} selects only some pods of the namespace: ${until} of the others leaves with ${inPlace(others)}`;
}

function reasonOf(
  { configs }: OvnKubernetesFacts,
  carriers: Carriers,
  existing: ParsedEgressIP,
  missing: readonly Address[],
): string {
  const { name, source } = existing;
  if (source.deletedAt !== undefined) return ` (EgressIP ${name} is being deleted)`;
  const said = configs.filter((config) => config.source.assigned === 'False' && missing.includes(config.address));
  if (said.length > 0) {
    return (
      ' (the cloud says: ' +
      `${said.map((config) => config.source.message ?? config.source.reason ?? 'no').join('; ')})`
    );
  }
  const lost = existing.hosted.filter(({ address, node }) => missing.includes(address) && !carriers.isReady(node));
  return lost.length === 0
    ? ''
    : ` (OVN-Kubernetes has it on ${[...new Set(lost.map(({ node }) => node))].join(', ')}, not ready or gone)`;
}

/** The finding for a namespace whose EgressIP is not there, though its addresses are promised. */
export function reportAbsent({ namespace, addresses }: ClaimDecision, others: readonly string[]): Finding {
  const texts = addresses.map(formatAddress);
  return {
    code: 'Unassigned',
    severity: 'error',
    object: { kind: 'Namespace', name: namespace },
    message:
      `EgressIP ${egressIPName(namespace)} is not there, so no node carries ${texts.join(', ')}: ` +
      `until one does, traffic leaves with ${inPlace(others)}`,
    addresses: texts,
  };
}

const none: readonly never[] = [];

/** Of so many EgressIPs of others the names are said. */
const shown = 3;

/** Finds EgressIPs of others that select a namespace of ours too. */
export class ForeignSelections {
  readonly #view: NetworkView;
  /** By name of the one namespace that they select. */
  readonly #byName = new Map<string, string[]>();
  readonly #others = new SelectorIndex<string>();

  constructor(foreign: readonly ParsedEgressIP[], view: NetworkView) {
    this.#view = view;
    for (const { name, selected, source } of foreign) {
      const known = selected === undefined ? undefined : this.#byName.get(selected);
      if (known !== undefined) known.push(name);
      else if (selected !== undefined) this.#byName.set(selected, [name]);
      else this.#others.add(source.namespaceSelector, name);
    }
  }

  /** Whether there is none that could. */
  get isEmpty(): boolean {
    return this.#byName.size === 0 && this.#others.size === 0;
  }

  /** Names of those that select a namespace, beside its own; a few. */
  of({ namespace }: ClaimDecision, own: string): readonly string[] {
    if (this.isEmpty) return none;
    const labels = { [namespaceNameLabel]: namespace, ...this.#view.claimantOf(namespace)?.labels };
    const isOther = (name: string): boolean => name !== own;
    // Those of each kind come in the order of their names.
    const overlapping = (this.#byName.get(namespace) ?? []).filter(isOther).slice(0, shown);
    let more = 0;
    for (const name of this.#others.matching(labels)) {
      if (more === shown) break;
      if (!isOther(name)) continue;
      overlapping.push(name);
      more += 1;
    }
    return overlapping.sort().slice(0, shown);
  }
}

/** The finding for a namespace that EgressIPs of others select, too. */
export function reportOverlapping({ namespace }: ClaimDecision, others: readonly string[]): Finding {
  return {
    code: 'OverlappingEgressIP',
    severity: 'error',
    object: { kind: 'Namespace', name: namespace },
    message:
      `EgressIP ${others.join(', ')} selects this namespace too; which of the two its pods ` +
      'use is undefined. Narrow or delete it',
  };
}
