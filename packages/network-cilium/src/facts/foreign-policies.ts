import { type AddressUse, type Claimant, type LabelSelector, type NetworkObstacle } from '@egressip-ipam/core';
import { parseCidrs, SelectorIndex } from '@egressip-ipam/core/plugin';
import type { PolicyRule } from '../kinds/egress-gateway-policy.ts';
import { allDestinations, podNamespaceLabel } from '../kinds/names.ts';
import { onlyNamespace, type ParsedPolicy } from './parse-policy.ts';

/** Policies that people made. */
export interface ForeignPolicies {
  readonly used: readonly AddressUse[];
  /**
   * Two policies for one pod and one CIDR take turns at every run of the agents. Those with other CIDRs, such as an
   * exception for one destination, go well together with ours.
   */
  readonly obstacleOf: (namespace: string, claimant: Claimant | undefined) => NetworkObstacle | undefined;
}

/** What policies that are not ours mean for us. */
export function foreignPolicies(policies: readonly ParsedPolicy[]): ForeignPolicies {
  const used = policies.flatMap(({ name, gateways }) =>
    gateways.map(({ address }) => ({ address, by: `CiliumEgressGatewayPolicy ${name}` })),
  );
  const byNamespace = new Map<string, readonly Rival[]>();
  const others = new SelectorIndex<Rival>();
  for (const policy of policies) {
    const namespace = onlyNamespace(policy.source);
    const rival = { policy, cidrs: cidrsOf(policy) };
    if (namespace === undefined)
      for (const rule of policy.source.selectors.filter(selectsAny)) others.add(ofNamespaces(rule), rival);
    else byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), rival]);
  }
  return {
    used,
    obstacleOf: (namespace, claimant) => {
      if (policies.length === 0) return undefined;
      const own = destinationsOf(claimant);
      const labels = {
        'kubernetes.io/metadata.name': namespace,
        ...claimant?.labels,
        [podNamespaceLabel]: namespace,
      };
      for (const { policy, cidrs } of [...(byNamespace.get(namespace) ?? []), ...others.matching(labels)]) {
        const contested = own.find((cidr) => cidrs.has(cidr));
        if (contested === undefined) continue;
        return {
          code: 'ForeignPolicy',
          message: `CiliumEgressGatewayPolicy ${policy.name} selects pods of namespace ${namespace} for ${contested}, too: with two such policies Cilium takes one, then the other. Delete it, narrow it down, or adopt it.`,
        };
      }
      return undefined;
    },
  };
}

/** A policy of somebody else, and what may be contested of it, canonical. */
interface Rival {
  readonly policy: ParsedPolicy;
  readonly cidrs: ReadonlySet<string>;
}

/** What is excluded is an entry of the same map. */
function cidrsOf({ source: { destinationCIDRs, excludedCIDRs } }: ParsedPolicy): ReadonlySet<string> {
  return new Set(parseCidrs([...destinationCIDRs, ...excludedCIDRs]).map(({ text }) => text));
}

function destinationsOf(claimant: Claimant | undefined): readonly string[] {
  const destinations = claimant?.destinations;
  if (destinations === undefined) return Object.values(allDestinations);
  return [destinations[4], destinations[6]].flatMap(({ included, excluded }) => [...included, ...excluded]);
}

function selectsAny({ namespaceSelector, podSelector }: PolicyRule): boolean {
  return namespaceSelector !== undefined || podSelector !== undefined;
}

/**
 * What a rule asks of namespaces, also by the label that pods have for their own; what else it asks of pods may be so.
 */
function ofNamespaces({ namespaceSelector = {}, podSelector = {} }: PolicyRule): LabelSelector {
  const { matchExpressions = [] } = namespaceSelector;
  const namespace = podSelector.matchLabels?.[podNamespaceLabel];
  const named = namespace === undefined ? [] : [{ key: podNamespaceLabel, operator: 'In', values: [namespace] }];
  const ofPods = podSelector.matchExpressions?.filter(({ key }) => key === podNamespaceLabel) ?? [];
  return { ...namespaceSelector, matchExpressions: [...matchExpressions, ...named, ...ofPods] };
}
