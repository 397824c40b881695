import type { Address, ClaimDecision, Finding, NetworkDecisions, NetworkStep, NetworkView } from '@egressip-ipam/core';
import type { ParsedEgressIP } from '../facts/parse-egress-ip.ts';
import type { OvnKubernetesFacts } from '../facts/read-facts.ts';
import { egressIPName } from '../kinds/names.ts';
import { Carriers } from './carried.ts';
import { egressIPOf } from './deletions.ts';
import { ForeignSelections, reportAbsent, reportMissing, reportOverlapping, type AssignmentState } from './reports.ts';
import { Touching } from './touch.ts';
import type { Writing } from './write-egress-ip.ts';

/** Looks at one claim after the other: what has to be written for it, and what the network has made of it. */
export class Serving {
  readonly steps: NetworkStep[] = [];
  readonly findings: Finding[] = [];
  /** By position of the claim. */
  readonly states: (AssignmentState | undefined)[];
  /** Namespaces some of whose addresses carry nothing. */
  readonly uncarried = new Map<string, readonly Address[]>();
  /** Namespaces for whose pods it is undefined by whose EgressIP they leave. */
  readonly uncertain = new Set<string>();
  /** When there will be something to do though nothing changes; milliseconds since 1970. */
  wakeAt: number | undefined;
  readonly #decisions: NetworkDecisions;
  readonly #facts: OvnKubernetesFacts;
  readonly #view: NetworkView;
  readonly #writing: Writing;
  readonly #carriers: Carriers;
  readonly #selections: ForeignSelections;
  /** Addresses that EgressIPs of others name, too. */
  readonly #contested: ReadonlySet<Address>;
  #touching: Touching | undefined;

  constructor(decisions: NetworkDecisions, facts: OvnKubernetesFacts, view: NetworkView, writing: Writing) {
    this.states = new Array<AssignmentState | undefined>(decisions.claims.length).fill(undefined);
    this.#decisions = decisions;
    this.#facts = facts;
    this.#view = view;
    this.#writing = writing;
    this.#carriers = new Carriers(view);
    this.#selections = new ForeignSelections(facts.ownership.foreign, view);
    this.#contested = new Set(facts.used.map(({ address }) => address));
  }

  /** Serves the claim at a position among all. */
  serve(claim: ClaimDecision, position: number): void {
    const existing = egressIPOf(claim);
    const isGoing = existing !== undefined && this.#facts.unseen.has(existing);
    const step = isGoing ? undefined : this.#writing.stepFor(claim, existing);
    if (step !== undefined) this.steps.push(step);
    if (claim.addresses.length === 0) return;
    const others = this.#selections.of(claim, existing?.name ?? egressIPName(claim.namespace));
    if (others.length > 0) this.findings.push(reportOverlapping(claim, others));
    const { namespace, addresses } = claim;
    const missing = this.#carriers.missingOf(namespace, addresses, existing);
    if (existing === undefined) {
      this.states[position] = this.#writing.isObstructed(claim, existing) ? 'Conflict' : 'Allocated';
      this.uncarried.set(namespace, missing);
      if (this.#isPromised(claim)) this.findings.push(reportAbsent(claim, others));
    } else if (missing.length === 0) {
      const isContested = this.#contested.size > 0 && addresses.some((address) => this.#contested.has(address));
      this.states[position] = isContested || others.length > 0 ? 'Conflict' : 'Assigned';
      if (others.length > 0) this.uncertain.add(namespace);
    } else {
      // What is replaced stays until the other carries.
      const replaced = existing.addresses.filter((address) => !addresses.includes(address));
      const idle = [...missing, ...this.#carriers.missingOf(namespace, replaced, existing)];
      const carrying = [...addresses, ...replaced].filter((address) => !idle.includes(address));
      this.states[position] = carrying.length === 0 ? 'Unassigned' : 'PartiallyAssigned';
      this.uncarried.set(namespace, idle);
      this.findings.push(reportMissing(this.#facts, this.#carriers, claim, existing, { missing, carrying }, others));
      if (step === undefined && !isGoing) this.#touch(claim, existing, missing);
    }
  }

  #touch(claim: ClaimDecision, existing: ParsedEgressIP, missing: readonly Address[]): void {
    this.#touching ??= new Touching(this.#decisions, this.#facts, this.#view);
    const { step, wakeAt } = this.#touching.decide(claim, existing, missing);
    if (step !== undefined) this.steps.push(step);
    if (wakeAt !== undefined) this.wakeAt = Math.min(this.wakeAt ?? Infinity, wakeAt);
  }

  /** Whether a namespace has been told its addresses, so that it counts on them. */
  #isPromised({ addresses }: ClaimDecision): boolean {
    return addresses.every((address) => this.#decisions.order.beforeHosting(address).length === 0);
  }
}
