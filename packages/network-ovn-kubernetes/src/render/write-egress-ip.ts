import {
  type Address,
  type ClaimDecision,
  type EgressIPAMDecision,
  type NetworkDecisions,
  type NetworkStep,
  type Precondition,
} from '@egressip-ipam/core';
import { afterStep } from '@egressip-ipam/core/plugin';
import type { ParsedEgressIP } from '../facts/parse-egress-ip.ts';
import type { OvnKubernetesFacts } from '../facts/read-facts.ts';
import { egressIPName } from '../kinds/names.ts';
import { applyStep, isAsWanted } from './egress-ip-steps.ts';
import type { LabelPlan } from './labels.ts';
import { nextAddresses } from './next-addresses.ts';
import { NodeRoom } from './node-room.ts';
import type { NodeSelectors } from './node-selectors.ts';

/** Decides what is to be written of each claim's EgressIP. */
export class Writing {
  readonly #decisions: NetworkDecisions;
  readonly #facts: OvnKubernetesFacts;
  readonly #labels: LabelPlan;
  readonly #selectors: NodeSelectors;
  #room: NodeRoom | undefined;

  constructor(decisions: NetworkDecisions, facts: OvnKubernetesFacts, labels: LabelPlan, selectors: NodeSelectors) {
    this.#decisions = decisions;
    this.#facts = facts;
    this.#labels = labels;
    this.#selectors = selectors;
  }

  /** The write of a claim's EgressIP; undefined where it is as it shall be, or nothing can be done. */
  stepFor(claim: ClaimDecision, existing: ParsedEgressIP | undefined): NetworkStep | undefined {
    const { egressIPAM, namespace } = claim;
    // What goes cannot be kept: it is made anew when it is gone.
    if (egressIPAM === undefined || existing?.source.deletedAt !== undefined) return undefined;
    if (existing !== undefined && isAsWanted(existing, namespace, claim.addresses, this.#selectors.of([egressIPAM])))
      return undefined;
    if (this.isObstructed(claim, existing)) return undefined;
    // The cluster manager would not see it being made, also where it goes just now for that reason.
    if (existing === undefined && this.#facts.standstill !== undefined) return undefined;
    const addresses = nextAddresses(this.#decisions, claim, existing, (node, address) => this.#hasRoom(node, address));
    const selector = this.#selectors.of([egressIPAM, ...this.#stillFrom(claim, addresses)]);
    if (existing !== undefined && isAsWanted(existing, namespace, addresses, selector)) return undefined;
    const gone = (existing?.addresses ?? []).filter((address) => !addresses.includes(address));
    const leaving = gone.filter((address) => this.#decisions.isLeaving(address));
    return applyStep({
      name: existing?.name ?? egressIPName(namespace),
      claim,
      egressIPAM,
      existing,
      addresses,
      selector,
      after: [...this.#labels.beforeApplying(egressIPAM), ...this.#before(claim.addresses, leaving)],
    });
  }

  #hasRoom(node: string, address: Address): boolean {
    this.#room ??= new NodeRoom(this.#facts, this.#labels.coming);
    return this.#room.isOn(node, address);
  }

  /** Whether somebody else's EgressIP has the name of the one that a claim is to get. */
  isObstructed({ namespace }: ClaimDecision, existing: ParsedEgressIP | undefined): boolean {
    return existing === undefined && this.#facts.obstacleOf(namespace) !== undefined;
  }

  /** Other EgressIPAMs, whose nodes carry what a claim has until the last of its new addresses came. */
  #stillFrom({ addresses, egressIPAM }: ClaimDecision, next: readonly Address[]): readonly EgressIPAMDecision[] {
    const stale = next.filter((address) => !addresses.includes(address));
    if (stale.length === 0) return [];
    const { egressIPAMs, assignmentOf } = this.#decisions;
    return egressIPAMs.filter(
      (other) => other !== egressIPAM && stale.some((address) => assignmentOf(other, address) !== undefined),
    );
  }

  /** What has to be before addresses come into an EgressIP, and before others leave it. */
  #before(coming: readonly Address[], leaving: readonly Address[]): readonly Precondition[] {
    const { order } = this.#decisions;
    const all = [...coming.flatMap(order.beforeHosting), ...leaving.flatMap(order.beforeForgetting)];
    const ids = new Set(all.flatMap((precondition) => (precondition.kind === 'step' ? [precondition.id] : [])));
    return [...[...ids].map(afterStep), ...all.filter(({ kind }) => kind !== 'step')];
  }
}
