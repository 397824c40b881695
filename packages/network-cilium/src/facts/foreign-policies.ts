import {
  compileSelector,
  parseCidrs,
  type AddressUse,
  type Claimant,
  type LabelSelector,
  type NetworkObstacle,
} from '@egressip-ipam/core';
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
  const others: Rival[] = [];
  for (const policy of policies) {
    const namespace = onlyNamespace(policy.source);
    const rival = { policy, cidrs: cidrsOf(policy), rules: policy.source.selectors.flatMap(compileRule) };
    if (namespace === undefined) others.push(rival);
    else byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), rival]);
  }
  return {
    used,
    obstacleOf: (namespace, claimant) => {
      if (policies.length === 0) return undefined;
      const labels = claimant?.labels ?? {};
      const own = destinationsOf(claimant);
      const named = { 'kubernetes.io/metadata.name': namespace, ...labels };
      const pods = { [podNamespaceLabel]: namespace };
      const selecting = others.filter(({ rules }) =>
        rules.some(({ matches, matchesPods }) => matches(named) && matchesPods(pods)),
      );
      for (const { policy, cidrs } of [...(byNamespace.get(namespace) ?? []), ...selecting]) {
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
  readonly rules: readonly Rule[];
}

type Matcher = (labels: Readonly<Record<string, string>>) => boolean;

/** Whether it may select a pod of a namespace, as far as that shows without the pods. */
interface Rule {
  readonly matches: Matcher;
  readonly matchesPods: Matcher;
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

/** A rule that selects nothing is none. */
function compileRule({ namespaceSelector, podSelector }: PolicyRule): readonly Rule[] {
  if (namespaceSelector === undefined && podSelector === undefined) return [];
  return [{ matches: matcherOf(namespaceSelector), matchesPods: matcherOf(ofNamespaceAlone(podSelector)) }];
}

function matcherOf(selector: LabelSelector | undefined): Matcher {
  if (selector === undefined) return () => true;
  const compiled = compileSelector(selector);
  return compiled.ok ? compiled.matches : () => false;
}

/** What a pod selector asks of the namespace; what it asks of pods may be so. */
function ofNamespaceAlone(selector: LabelSelector | undefined): LabelSelector | undefined {
  if (selector === undefined) return undefined;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const namespace = matchLabels[podNamespaceLabel];
  return {
    ...(namespace === undefined ? {} : { matchLabels: { [podNamespaceLabel]: namespace } }),
    matchExpressions: matchExpressions.filter(({ key }) => key === podNamespaceLabel),
  };
}
