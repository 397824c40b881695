import {
  compileSelector,
  type AddressUse,
  type Claimant,
  type LabelSelector,
  type NetworkObstacle,
} from '@egressip-ipam/core';
import type { PolicyRule } from '../kinds/egress-gateway-policy.ts';
import { podNamespaceLabel } from '../kinds/names.ts';
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

const everything: ReadonlySet<string> = new Set(['0.0.0.0/0', '::/0']);

/** What policies that are not ours mean for us. */
export function foreignPolicies(policies: readonly ParsedPolicy[]): ForeignPolicies {
  const used = policies.flatMap(({ name, gateways }) =>
    gateways.map(({ address }) => ({ address, by: `CiliumEgressGatewayPolicy ${name}` })),
  );
  const contested = policies.filter(({ source }) => source.destinationCIDRs.some((cidr) => everything.has(cidr)));
  const byNamespace = new Map<string, ParsedPolicy>();
  const others: ParsedPolicy[] = [];
  for (const policy of contested) {
    const namespace = onlyNamespace(policy.source);
    if (namespace === undefined) others.push(policy);
    else byNamespace.set(namespace, policy);
  }
  return {
    used,
    obstacleOf: (namespace, claimant) => {
      const labels = claimant?.labels ?? {};
      const rival =
        byNamespace.get(namespace) ??
        others.find(({ source }) => source.selectors.some((rule) => mayMatch(rule, namespace, labels)));
      return (
        rival && {
          code: 'ForeignPolicy',
          message: `CiliumEgressGatewayPolicy ${rival.name} selects pods of namespace ${namespace} for all destinations, too: with two such policies Cilium takes one, then the other. Delete it, narrow it down, or adopt it.`,
        }
      );
    },
  };
}

/** Whether a rule may select a pod of a namespace, as far as that shows without the pods. */
function mayMatch(
  { namespaceSelector, podSelector }: PolicyRule,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (namespaceSelector === undefined && podSelector === undefined) return false;
  const named = { 'kubernetes.io/metadata.name': namespace, ...labels };
  return (
    matches(namespaceSelector, named) && matches(ofNamespaceAlone(podSelector), { [podNamespaceLabel]: namespace })
  );
}

function matches(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined) return true;
  const compiled = compileSelector(selector);
  return compiled.ok && compiled.matches(labels);
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
