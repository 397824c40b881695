import type { Address, Finding, NetworkDecisions, NetworkView, Rendering } from '@egressip-ipam/core';
import type { OpenShiftSdnFacts } from '../facts/read-facts.ts';
import { bindSteps } from './bind-steps.ts';
import { bindingChanges, Unbinding, type BindingChange } from './binding-changes.ts';
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
    uncertain: facts.uncertain,
    uncarried: new Map([...hostedTwice(decisions), ...boundTwice(decisions, bindings)]),
  };
}

/** The SDN sends nothing by an address that two HostSubnets name, whoever wrote the other. */
function hostedTwice({ stray, isHostedTwice, claimWith }: NetworkDecisions): ReadonlyMap<string, readonly Address[]> {
  const uncarried = new Map<string, Address[]>();
  for (const { address } of stray) {
    const claim = isHostedTwice(address) ? claimWith(address) : undefined;
    if (claim === undefined) continue;
    const known = uncarried.get(claim.namespace);
    if (known === undefined) uncarried.set(claim.namespace, [address]);
    else known.push(address);
  }
  return uncarried;
}

/** It drops all traffic of both namespaces to whose NetNamespaces one address is bound, whatever else they have. */
function boundTwice(
  { claimWith, claimOf }: NetworkDecisions,
  changes: readonly BindingChange[],
): ReadonlyMap<string, readonly Address[]> {
  const dropped = new Map<string, readonly Address[]>();
  for (const { namespace, current, unbound } of changes) {
    for (const address of unbound) {
      const owner = claimWith(address);
      if (owner === undefined || owner.namespace === namespace || !current.includes(address)) continue;
      if (owner.binding?.addresses.includes(address) !== true) continue;
      for (const claim of [owner, claimOf(namespace)])
        if (claim !== undefined)
          dropped.set(claim.namespace, [...claim.addresses, ...(claim.binding?.addresses ?? [])]);
    }
  }
  return dropped;
}

/** What stands in the way of namespaces that have addresses already: they keep them (law 2), and are told. */
function obstructed(decisions: NetworkDecisions, { obstacles }: OpenShiftSdnFacts): readonly Finding[] {
  return [...obstacles].flatMap(([namespace, obstacle]): readonly Finding[] => {
    const claim = decisions.claimOf(namespace);
    if (claim === undefined || claim.releases || claim.addresses.length === 0) return [];
    return [{ ...obstacle, severity: 'error', object: { kind: 'Namespace', name: namespace } }];
  });
}
