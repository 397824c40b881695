import { type AddressUse, type Claimant, type LabelSelector, type NetworkObstacle } from '@egressip-ipam/core';
import { ListMemo, parseCidrs, sameInOrder, SelectorIndex } from '@egressip-ipam/core/plugin';
import { allDestinations, podNamespaceLabel } from '../kinds/names.ts';
import { ofNamespaces, selectsAny } from '../kinds/policy-rules.ts';
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

/** Makes a reader of what policies that are not ours mean for us; it looks at each once in its life. */
export function createForeignReader(): (policies: readonly ParsedPolicy[]) => ForeignPolicies {
  const rivals = new ListMemo(readRival);
  let last: { readonly rivals: readonly Rival[]; readonly foreign: ForeignPolicies } | undefined;
  return (policies) => {
    const all = rivals.parseAll(policies.filter(({ ours }) => ours === undefined));
    // Those of ours come and go all the time.
    if (last === undefined || !sameInOrder(last.rivals, all)) last = { rivals: all, foreign: foreignPolicies(all) };
    return last.foreign;
  };
}

function foreignPolicies(rivals: readonly Rival[]): ForeignPolicies {
  const used = rivals.flatMap(({ name, policy: { gateways } }) =>
    gateways.map(({ address }) => ({ address, by: `CiliumEgressGatewayPolicy ${name}` })),
  );
  const byCidr = new Map<string, RivalsForCidr>();
  const rivalsFor = (cidr: string): RivalsForCidr => {
    let found = byCidr.get(cidr);
    if (found === undefined) byCidr.set(cidr, (found = new RivalsForCidr(rivals, cidr)));
    return found;
  };
  return {
    used,
    obstacleOf: (namespace, claimant) => {
      if (rivals.length === 0) return undefined;
      const labels = {
        'kubernetes.io/metadata.name': namespace,
        ...claimant?.labels,
        [podNamespaceLabel]: namespace,
      };
      let first: (Place & { readonly cidr: string }) | undefined;
      for (const cidr of destinationsOf(claimant)) {
        const place = rivalsFor(cidr).firstOf(namespace, labels);
        if (place !== undefined && (first === undefined || place.order < first.order)) first = { ...place, cidr };
      }
      if (first === undefined) return undefined;
      const selects = first.isKnown ? 'selects' : 'is too long to be read whole, and may select';
      return {
        code: 'ForeignPolicy',
        message: `CiliumEgressGatewayPolicy ${first.name} ${selects} pods of namespace ${namespace} for ${first.cidr}, too: with two such policies Cilium takes one, then the other. Delete it, narrow it down, or adopt it.`,
      };
    },
  };
}

/** A policy of somebody else. */
interface Rival {
  readonly name: string;
  readonly policy: ParsedPolicy;
  /** What may be contested of it, canonical; what is excluded is an entry of the same map. */
  readonly cidrs: ReadonlySet<string>;
  /** Whether it has more of them than are known: any may be contested. */
  readonly hasMore: boolean;
  /** Whether all is known of it. */
  readonly isKnown: boolean;
  /** The one namespace that it is for; undefined where it selects otherwise. */
  readonly namespace: string | undefined;
  /** What its rules ask of namespaces, each once: thousands of them may differ in what they ask of pods alone. */
  readonly selectors: readonly LabelSelector[];
}

function readRival(policy: ParsedPolicy): Rival {
  const { selectors, destinationCIDRs, excludedCIDRs, moreCIDRs, mayBeForAny } = policy.source;
  const namespace = onlyNamespace(policy.source);
  const asked = namespace === undefined ? selectors.filter(selectsAny).map(ofNamespaces) : [];
  return {
    name: policy.name,
    policy,
    cidrs: new Set(parseCidrs([...destinationCIDRs, ...excludedCIDRs]).map(({ text }) => text)),
    hasMore: moreCIDRs !== undefined,
    isKnown: moreCIDRs === undefined && mayBeForAny !== true,
    namespace,
    selectors: [...new Map(asked.map((selector) => [JSON.stringify(selector), selector])).values()],
  };
}

/** A policy, and its place among those that are asked one after the other. */
interface Place extends Pick<Rival, 'name' | 'isKnown'> {
  readonly order: number;
}

/** The policies of others with one CIDR: those for one namespace come before those that select by labels. */
class RivalsForCidr {
  readonly #byNamespace = new Map<string, Place>();
  readonly #others = new SelectorIndex<Place>();

  constructor(rivals: readonly Rival[], cidr: string) {
    rivals.forEach(({ name, isKnown, cidrs, hasMore, namespace, selectors }, position) => {
      if (!hasMore && !cidrs.has(cidr)) return;
      if (namespace === undefined)
        for (const selector of selectors)
          this.#others.add(selector, { name, isKnown, order: rivals.length + position });
      else if (!this.#byNamespace.has(namespace)) this.#byNamespace.set(namespace, { name, isKnown, order: position });
    });
  }

  firstOf(namespace: string, labels: Readonly<Record<string, string>>): Place | undefined {
    const known = this.#byNamespace.get(namespace);
    if (known !== undefined) return known;
    const { value } = this.#others.matching(labels).next();
    return value ?? undefined;
  }
}

function destinationsOf(claimant: Claimant | undefined): readonly string[] {
  const destinations = claimant?.destinations;
  if (destinations === undefined) return Object.values(allDestinations);
  return [destinations[4], destinations[6]].flatMap(({ included, excluded }) => [...included, ...excluded]);
}
