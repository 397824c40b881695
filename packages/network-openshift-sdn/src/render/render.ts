import type { Finding, NetworkDecisions, NetworkView, Rendering } from '@egressip-ipam/core';
import type { OpenShiftSdnFacts } from '../facts/read-facts.ts';
import { bindSteps } from './bind-steps.ts';
import { bindingChanges, Unbinding } from './binding-changes.ts';
import { planHosts } from './host-steps.ts';
import { KeptCidrs } from './kept-cidrs.ts';
import { NodeCidrs } from './node-cidrs.ts';

/**
 * From decisions to writes. On the way in: annotation, host, attach, bind; on the way out the reverse (law 7), as the
 * SDN drops traffic that is bound to an address without a host.
 */
export function render(decisions: NetworkDecisions, facts: OpenShiftSdnFacts, view: NetworkView): Rendering {
  const kept = new KeptCidrs(decisions);
  const bindings = bindingChanges(decisions, facts, kept);
  const hosts = planHosts(decisions, facts, view, new NodeCidrs(decisions, facts, kept), new Unbinding(bindings));
  return {
    steps: [...hosts.steps, ...bindSteps(decisions, facts, hosts, bindings)],
    findings: obstructed(decisions, facts),
  };
}

/** What stands in the way of namespaces that have addresses already: they keep them (law 2), and are told. */
function obstructed(decisions: NetworkDecisions, { obstacles }: OpenShiftSdnFacts): readonly Finding[] {
  return [...obstacles].flatMap(([namespace, obstacle]): readonly Finding[] => {
    const claim = decisions.claimOf(namespace);
    if (claim === undefined || claim.releases || claim.addresses.length === 0) return [];
    return [{ ...obstacle, severity: 'error', object: { kind: 'Namespace', name: namespace } }];
  });
}
