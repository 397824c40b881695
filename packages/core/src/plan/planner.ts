import { classify, markReleasing } from '../allocate/classify.ts';
import { markCooling } from '../allocate/cool-down.ts';
import { decideInputs } from '../allocate/decide-inputs.ts';
import { markExclusions, markForeignBindings, markHosts, markUses } from '../allocate/mark-uses.ts';
import { reportShortages, serveClaims } from '../allocate/serve-claims.ts';
import { World } from '../allocate/world.ts';
import { renderOpenShiftSdn } from '../network/openshift-sdn.ts';
import { renderOvnKubernetes } from '../network/ovn-kubernetes.ts';
import { reportAssignments, reportTopology } from '../network/ovn-reports.ts';
import { rememberReleased } from '../network/released.ts';
import { StepList } from '../network/step-list.ts';
import { Parser } from '../parse/parser.ts';
import { countOthers, limitByInterfaces, placeKept } from '../place/place-kept.ts';
import { placeSettled } from '../place/place-settled.ts';
import { Placer } from '../place/placer.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { finalizerName } from '../snapshot/names.ts';
import type { Plan } from './plan-types.ts';
import { reportPlan } from './report.ts';
import { reportStanding } from './standing-findings.ts';

/** Plans snapshot after snapshot. */
export interface Planner {
  /** The plan of a snapshot: the same as `plan()` gives, whatever was planned before. Never throws for what a snapshot holds. */
  plan(snapshot: ClusterSnapshot): Plan;
}

/**
 * A planner that lives on. It remembers what it parsed, by the object it came
 * from, and nothing else; a snapshot that shares objects with the last one is
 * therefore planned much faster.
 */
export function createPlanner(): Planner {
  const parser = new Parser();
  return { plan: (snapshot) => decide(new World(parser.parse(snapshot))) };
}

/** Decides everything for one snapshot: allocations, placements, ordered steps and findings. */
export function plan(snapshot: ClusterSnapshot): Plan {
  return createPlanner().plan(snapshot);
}

function decide(world: World): Plan {
  markExclusions(world);
  markHosts(world);
  classify(world);
  markReleasing(world);
  markForeignBindings(world);
  limitByInterfaces(world);
  placeSettled(world);
  markUses(world);
  const cooling = markCooling(world);
  countOthers(world);
  decideInputs(world);
  const placer = new Placer(world.addresses, world.nodes);
  placeKept(world, placer);
  serveClaims(world, placer, cooling);
  const steps = new StepList();
  addFinalizers(world, steps);
  const released = rememberReleased(world, steps);
  const isOvn = world.snapshot.source.network.kind === 'ovn-kubernetes';
  if (isOvn) {
    renderOvnKubernetes(world, steps);
    reportAssignments(world);
    reportTopology(world);
  } else {
    renderOpenShiftSdn(world, steps);
  }
  removeFinalizers(world, steps);
  const shortages = reportShortages(world);
  reportStanding(world);
  world.findings.push(...shortages);
  return reportPlan(world, steps.inOrder(), released, cooling);
}

function finalizerId(egressIPAM: string): string {
  return `finalizer/${egressIPAM}`;
}

/** Before the first allocation, so that a deletion of the EgressIPAM can take everything back. */
function addFinalizers(world: World, steps: StepList): void {
  for (const egressIPAM of world.snapshot.egressIPAMs) {
    if (egressIPAM.deleting || egressIPAM.source.finalizers?.includes(finalizerName) === true) continue;
    steps.add({ kind: 'finalizer', id: finalizerId(egressIPAM.name), after: [], egressIPAM: egressIPAM.name, present: true });
  }
}

function removeFinalizers(world: World, steps: StepList): void {
  world.snapshot.egressIPAMs.forEach((egressIPAM, index) => {
    if (!egressIPAM.deleting || egressIPAM.source.finalizers?.includes(finalizerName) !== true) return;
    steps.add({ kind: 'finalizer', id: finalizerId(egressIPAM.name), after: steps.ofEgressIPAM(index), egressIPAM: egressIPAM.name, present: false });
  });
}
