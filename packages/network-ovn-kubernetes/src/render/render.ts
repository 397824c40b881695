import {
  afterStep,
  type Address,
  type ClaimDecision,
  type EgressIPAMDecision,
  type Finding,
  type NetworkDecisions,
  type NetworkStep,
  type NetworkView,
  type Precondition,
  type Rendering,
} from '@egressip-ipam/core';
import type { ParsedEgressIP } from '../facts/parse-egress-ip.ts';
import type { OvnKubernetesFacts } from '../facts/read-facts.ts';
import { egressIPName } from '../kinds/names.ts';
import { beforeReleases } from './before-releases.ts';
import { Carriers } from './carried.ts';
import { applyStep, deleteStep, egressIPStepId, isAsWanted } from './egress-ip-steps.ts';
import { planLabels, type LabelPlan } from './labels.ts';
import { nextAddresses } from './next-addresses.ts';
import { NodeSelectors } from './node-selectors.ts';
import { ForeignSelections, reportAbsent, reportMissing, type AssignmentState } from './reports.ts';
import { reportTopology } from './topology.ts';
import { Touching } from './touch.ts';

/**
 * From decisions to writes. On the way in: annotation, labels of the nodes, EgressIP; on the way out: EgressIP,
 * CloudPrivateIPConfig gone, annotation. Which node carries an address is the network's business.
 */
export function render(decisions: NetworkDecisions, facts: OvnKubernetesFacts, view: NetworkView): Rendering {
  const canPin = view.settings['egressNodeSelector'] === true;
  const { holders, deletions } = sortOut(decisions, facts);
  const endOf = (egressIPAM: EgressIPAMDecision): readonly Precondition[] =>
    deletions.filter((deletion) => deletion.egressIPAM === egressIPAM).map(({ egressIP }) => afterEndOf(egressIP));
  const labels = planLabels(decisions, facts, endOf);
  const served = serve(decisions, facts, view, holders, labels, new NodeSelectors(canPin));
  const going = deletions.filter(({ egressIP }) => egressIP.source.deletedAt === undefined);
  return {
    steps: [...labels.steps, ...served.steps, ...going.map(({ egressIP, egressIPAM }) => deleteStep(decisions, egressIP, egressIPAM?.name))],
    findings: [...labels.findings, ...served.findings, ...reportTopology(decisions, facts, canPin)],
    states: served.states,
    uncarried: served.uncarried,
    ...(served.wakeAt === undefined ? {} : { wakeAt: served.wakeAt }),
    beforeRelease: beforeReleases(decisions, facts),
  };
}

function afterEndOf({ name, object, source }: ParsedEgressIP): Precondition {
  return source.deletedAt === undefined ? afterStep(egressIPStepId(name)) : { kind: 'observed', object, state: 'gone' };
}

/** An EgressIP of ours that goes, and the EgressIPAM of the namespace that gives it back. */
interface Deletion {
  readonly egressIP: ParsedEgressIP;
  readonly egressIPAM: EgressIPAMDecision | undefined;
}

/** Claims that are to have an EgressIP, and at the same positions those that they have. */
interface Holders {
  readonly claims: readonly ClaimDecision[];
  readonly existing: readonly (ParsedEgressIP | undefined)[];
  /** And their positions among all claims. */
  readonly positions: readonly number[];
}

/** Claims that have an EgressIP or are to have one, and EgressIPs of ours that nobody has. */
function sortOut(
  decisions: NetworkDecisions,
  { bindings, ownership }: OvnKubernetesFacts,
): { readonly holders: Holders; readonly deletions: readonly Deletion[] } {
  const claims: ClaimDecision[] = [];
  const held: (ParsedEgressIP | undefined)[] = [];
  const positions: number[] = [];
  const deletions: Deletion[] = [];
  let found = 0;
  for (const [position, claim] of decisions.claims.entries()) {
    // Bindings are those of the reader of facts.
    const existing = claim.binding as ParsedEgressIP | undefined;
    if (existing !== undefined) found += 1;
    if (isToHaveOne(claim)) {
      claims.push(claim);
      held.push(existing);
      positions.push(position);
    } else if (existing?.ours === true) deletions.push({ egressIP: existing, egressIPAM: claim.egressIPAM });
  }
  if (found < bindings.size) {
    for (const [namespace, egressIP] of bindings) {
      if (egressIP.ours && decisions.claimOf(namespace) === undefined) deletions.push({ egressIP, egressIPAM: undefined });
    }
  }
  for (const egressIP of ownership.surplus) deletions.push({ egressIP, egressIPAM: undefined });
  return { holders: { claims, existing: held, positions }, deletions };
}

/** A namespace whose EgressIPAM is not there keeps what it has. */
function isToHaveOne({ releases, addresses, egressIPAM }: ClaimDecision): boolean {
  return !releases && (addresses.length > 0 || egressIPAM === undefined);
}

interface Served {
  readonly steps: readonly NetworkStep[];
  readonly findings: readonly Finding[];
  readonly states: readonly (AssignmentState | undefined)[];
  readonly uncarried: ReadonlyMap<string, readonly Address[]>;
  readonly wakeAt: number | undefined;
}

function serve(
  decisions: NetworkDecisions,
  facts: OvnKubernetesFacts,
  view: NetworkView,
  { claims, existing: held, positions }: Holders,
  labels: LabelPlan,
  selectors: NodeSelectors,
): Served {
  const steps: NetworkStep[] = [];
  const findings: Finding[] = [];
  const states = new Array<AssignmentState | undefined>(decisions.claims.length).fill(undefined);
  const uncarried = new Map<string, readonly Address[]>();
  let wakeAt: number | undefined;
  let touching: Touching | undefined;
  const carriers = new Carriers(view);
  const contested = new Set<Address>(facts.used.map(({ address }) => address));
  const selections = new ForeignSelections(facts.ownership.foreign, view);
  const note = (finding: Finding | undefined): void => {
    if (finding !== undefined) findings.push(finding);
  };
  for (const [position, claim] of claims.entries()) {
    const existing = held[position];
    const step = writeOf(decisions, facts, claim, existing, labels, selectors);
    if (step !== undefined) steps.push(step);
    if (claim.addresses.length === 0) continue;
    if (!selections.isEmpty) note(selections.report(claim, existing?.name ?? egressIPName(claim.namespace)));
    const missing = carriers.missingOf(claim, existing);
    const isContested = contested.size > 0 && claim.addresses.some((address) => contested.has(address));
    states[positions[position] ?? 0] = stateOf(claim, existing, missing, isContested || isObstructed(facts, claim, existing));
    if (missing.length === 0) continue;
    uncarried.set(claim.namespace, missing);
    if (existing !== undefined) {
      note(reportMissing(facts, carriers, claim, existing, missing));
      if (step !== undefined) continue;
      touching ??= new Touching(decisions, facts, view);
      const touch = touching.decide(claim, existing, missing);
      if (touch.step !== undefined) steps.push(touch.step);
      if (touch.wakeAt !== undefined) wakeAt = Math.min(wakeAt ?? Infinity, touch.wakeAt);
    } else if (isPromised(decisions, claim)) note(reportAbsent(claim));
  }
  return { steps, findings, states, uncarried, wakeAt };
}

function isObstructed(facts: OvnKubernetesFacts, { namespace }: ClaimDecision, existing: ParsedEgressIP | undefined): boolean {
  return existing === undefined && facts.obstacleOf(namespace) !== undefined;
}

/** Whether a namespace has been told its addresses, so that it counts on them. */
function isPromised({ order }: NetworkDecisions, { addresses }: ClaimDecision): boolean {
  return addresses.every((address) => order.beforeHosting(address).length === 0);
}

function stateOf(
  { addresses }: ClaimDecision,
  existing: ParsedEgressIP | undefined,
  missing: readonly Address[],
  isConflict: boolean,
): AssignmentState {
  if (existing === undefined) return isConflict ? 'Conflict' : 'Allocated';
  if (missing.length === addresses.length) return 'Unassigned';
  if (missing.length > 0) return 'PartiallyAssigned';
  return isConflict ? 'Conflict' : 'Assigned';
}

/** The write of a claim's EgressIP, where it is not as it shall be. */
function writeOf(
  decisions: NetworkDecisions,
  facts: OvnKubernetesFacts,
  claim: ClaimDecision,
  existing: ParsedEgressIP | undefined,
  labels: LabelPlan,
  selectors: NodeSelectors,
): NetworkStep | undefined {
  const { egressIPAM, namespace } = claim;
  // What goes cannot be kept: it is made anew when it is gone.
  if (egressIPAM === undefined || existing?.source.deletedAt !== undefined) return undefined;
  const selector = selectors.of(egressIPAM);
  if (existing !== undefined && isAsWanted(existing, namespace, claim.addresses, selector)) return undefined;
  if (isObstructed(facts, claim, existing)) return undefined;
  const addresses = nextAddresses(decisions, claim, existing);
  if (existing !== undefined && isAsWanted(existing, namespace, addresses, selector)) return undefined;
  const name = existing?.name ?? egressIPName(namespace);
  const leaving = (existing?.addresses ?? []).filter((address) => !addresses.includes(address) && decisions.isLeaving(address));
  const after = [...labels.beforeApplying(egressIPAM), ...before(decisions, claim.addresses, leaving)];
  return applyStep({ name, claim, egressIPAM, existing, addresses, selector, after });
}

/** What has to be before addresses come into an EgressIP, and before others leave it. */
function before({ order }: NetworkDecisions, coming: readonly Address[], leaving: readonly Address[]): readonly Precondition[] {
  const all = [...coming.flatMap((address) => order.beforeHosting(address)), ...leaving.flatMap((address) => order.beforeForgetting(address))];
  const ids = new Set(all.flatMap((precondition) => (precondition.kind === 'step' ? [precondition.id] : [])));
  return [...[...ids].map(afterStep), ...all.filter(({ kind }) => kind !== 'step')];
}
