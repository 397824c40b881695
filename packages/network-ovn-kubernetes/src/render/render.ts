import {
  type EgressIPAMDecision,
  type NetworkDecisions,
  type NetworkView,
  type Precondition,
  type Rendering,
} from '@egressip-ipam/core';
import { afterStep } from '@egressip-ipam/core/plugin';
import type { ParsedEgressIP } from '../facts/parse-egress-ip.ts';
import type { OvnKubernetesFacts } from '../facts/read-facts.ts';
import { beforeReleases } from './before-releases.ts';
import { deletionsOf, isToHaveOne } from './deletions.ts';
import { deleteStep, egressIPStepId } from './egress-ip-steps.ts';
import { planLabels } from './labels.ts';
import { NodeSelectors } from './node-selectors.ts';
import { Serving } from './serve-claims.ts';
import { reportTopology } from './topology.ts';
import { Writing } from './write-egress-ip.ts';

/**
 * From decisions to writes. On the way in: annotation, labels of the nodes, EgressIP; on the way out: EgressIP,
 * CloudPrivateIPConfig gone, annotation. Which node carries an address is the network's business.
 */
export function render(decisions: NetworkDecisions, facts: OvnKubernetesFacts, view: NetworkView): Rendering {
  const canPin = view.settings['egressNodeSelector'] === true;
  const deletions = deletionsOf(decisions, facts);
  const endOf = (egressIPAM: EgressIPAMDecision): readonly Precondition[] =>
    deletions.filter((deletion) => deletion.egressIPAM === egressIPAM).map(({ egressIP }) => afterEndOf(egressIP));
  const labels = planLabels(decisions, facts, endOf, canPin);
  const serving = new Serving(decisions, facts, view, new Writing(decisions, facts, labels, new NodeSelectors(canPin)));
  decisions.claims.forEach((claim, position) => {
    if (isToHaveOne(claim)) serving.serve(claim, position);
  });
  const going = deletions.filter(({ egressIP }) => egressIP.source.deletedAt === undefined);
  const deleted = going.map(({ egressIP, egressIPAM }) => deleteStep(decisions, egressIP, egressIPAM?.name));
  const wakeAt = Math.min(serving.wakeAt ?? Infinity, facts.managerChangesAt ?? Infinity);
  return {
    steps: [...labels.steps, ...serving.steps, ...deleted],
    findings: [...labels.findings, ...serving.findings, ...reportTopology(decisions, facts, canPin)],
    states: serving.states,
    uncarried: serving.uncarried,
    uncertain: serving.uncertain,
    ...(wakeAt === Infinity ? {} : { wakeAt }),
    beforeRelease: beforeReleases(decisions, facts),
  };
}

function afterEndOf({ name, object, source }: ParsedEgressIP): Precondition {
  return source.deletedAt === undefined ? afterStep(egressIPStepId(name)) : { kind: 'observed', object, state: 'gone' };
}
