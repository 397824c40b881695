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
import { selectsAllOf, type Carriers } from './carried.ts';

/**
 * What OVN-Kubernetes has made of a namespace's addresses, from specs and status. Its Events may be gone, and count for
 * nothing.
 */
export type AssignmentState = 'Allocated' | 'Assigned' | 'PartiallyAssigned' | 'Unassigned' | 'Conflict';

/**
 * Says what carries no traffic, and why: what no node carries leaves with the address of whatever node a pod runs on.
 */
export function reportMissing(
  facts: OvnKubernetesFacts,
  carriers: Carriers,
  claim: ClaimDecision,
  existing: ParsedEgressIP,
  { missing, carrying }: { readonly missing: readonly Address[]; readonly carrying: readonly Address[] },
): Finding {
  const texts = missing.map(formatAddress);
  const base = { object: { kind: 'Namespace', name: claim.namespace }, addresses: texts };
  const why = reasonOf(facts, carriers, claim, existing, missing);
  const [family] = missing.map(familyOf).filter((entry) => !carrying.some((address) => familyOf(address) === entry));
  const list = texts.join(', ');
  if (carrying.length === 0) {
    const message =
      `no node carries ${list} yet${why}: until one does, traffic leaves with the address of whatever node a pod ` +
      'runs on';
    return { ...base, code: 'Unassigned', severity: 'error', message };
  }
  if (family !== undefined) {
    const message =
      `no node carries ${list} yet${why}: until one does, IPv${family} traffic leaves with the address of ` +
      'whatever node a pod runs on';
    return { ...base, code: 'PartiallyAssigned', severity: 'error', message };
  }
  const others = carrying.map(formatAddress).join(', ');
  const message = `no node carries ${list} yet${why}: until one does, traffic leaves with ${others}`;
  return { ...base, code: 'PartiallyAssigned', severity: 'warning', message };
}

function reasonOf(
  { configs }: OvnKubernetesFacts,
  carriers: Carriers,
  { namespace }: ClaimDecision,
  existing: ParsedEgressIP,
  missing: readonly Address[],
): string {
  const { name, source } = existing;
  if (source.deletedAt !== undefined) return ` (EgressIP ${name} is being deleted)`;
  if (!selectsAllOf(existing, namespace)) return ` (EgressIP ${name} does not select all of the namespace)`;
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
export function reportAbsent({ namespace, addresses }: ClaimDecision): Finding {
  const texts = addresses.map(formatAddress);
  return {
    code: 'Unassigned',
    severity: 'error',
    object: { kind: 'Namespace', name: namespace },
    message:
      `EgressIP ${egressIPName(namespace)} is not there, so no node carries ${texts.join(', ')}: ` +
      'until one does, traffic leaves with the address of whatever node a pod runs on',
    addresses: texts,
  };
}

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

  /** The finding for a namespace that two EgressIPs select. */
  report({ namespace }: ClaimDecision, own: string): Finding | undefined {
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
    overlapping.sort();
    if (overlapping.length === 0) return undefined;
    return {
      code: 'OverlappingEgressIP',
      severity: 'warning',
      object: { kind: 'Namespace', name: namespace },
      message:
        `EgressIP ${overlapping.slice(0, shown).join(', ')} selects this namespace too; which of the two its pods ` +
        'use is undefined. Narrow or delete it',
    };
  }
}
