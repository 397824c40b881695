import {
  cidrContains,
  formatAddress,
  type Address,
  type AddressRange,
  type AssignmentDecision,
  type EgressIPAMDecision,
  type Finding,
  type LabelSelector,
  type NetworkDecisions,
  type NetworkView,
} from '@egressip-ipam/core';
import { firstFew, NodeUses } from '@egressip-ipam/core/plugin';
import type { AntreaFacts } from '../facts/read-facts.ts';
import { hostnameLabel } from '../kinds/names.ts';

/** What a pool is to be for, and has. */
export interface PoolScope {
  readonly egressIPAM: EgressIPAMDecision;
  readonly assignment: AssignmentDecision;
  /** What it has already: more than the CIDR, once that was made smaller. */
  readonly ranges: readonly AddressRange[];
}

/**
 * The nodes of pools, by name. Antrea goes by labels alone, at once: a selector by the topology label would take
 * addresses off a node that loses it, and leave them on one that is about to go.
 */
export class PoolNodes {
  readonly #decisions: NetworkDecisions;
  readonly #view: NetworkView;
  readonly #uses: NodeUses;
  /** By node: its hostname. */
  readonly #hostnames: ReadonlyMap<string, string>;
  #carrying: readonly string[] | undefined;
  /** By nodes that are selected: the hostnames of those that are used. */
  readonly #used = new Map<readonly string[], readonly string[]>();

  /** @param pools those that are to be */
  constructor(decisions: NetworkDecisions, facts: AntreaFacts, view: NetworkView, pools: readonly PoolScope[]) {
    this.#decisions = decisions;
    this.#view = view;
    // An address stays in the pool that has it, whatever its namespace claims from.
    this.#uses = new NodeUses(
      decisions,
      facts,
      (address) => pools.find((pool) => hasAddress(pool, address))?.assignment.candidates,
    );
    this.#hostnames = new Map(
      view.nodes.flatMap(({ name, labels }) => {
        const hostname = labels[hostnameLabel];
        return hostname === undefined ? [] : [[name, hostname] as const];
      }),
    );
  }

  /** The nodes of a pool: those of the CIDR assignment that stay, and those that carry what no other node can take. */
  selectorOf(pool: PoolScope): LabelSelector {
    const { labelValue, selected } = pool.assignment;
    const isIn = (address: Address): boolean => hasAddress(pool, address);
    const used = this.#usedOf(selected);
    const needed = this.#carriers().filter(
      (name) => this.#uses.carriedOn(name).some(isIn) && this.#uses.stuckOn(name).some(isIn),
    );
    const values = needed.length === 0 ? used : this.#hostnamesOf([...selected.filter(this.#isUsed), ...needed]);
    if (values.length === 0) return byLabels(pool.egressIPAM, labelValue);
    return { matchExpressions: [{ key: hostnameLabel, operator: 'In', values }] };
  }

  /** Pools by the thousand may have the same nodes by the thousand: each list of them is made once. */
  #usedOf(selected: readonly string[]): readonly string[] {
    let used = this.#used.get(selected);
    if (used === undefined) this.#used.set(selected, (used = this.#hostnamesOf(selected.filter(this.#isUsed))));
    return used;
  }

  readonly #isUsed = (name: string): boolean => this.#uses.of(name) === 'used';

  #hostnamesOf(names: readonly string[]): readonly string[] {
    return [...new Set(names.flatMap((name) => this.#hostnames.get(name) ?? []))].sort();
  }

  /** Nodes that carry something: it may be more than the pool's own have. */
  #carriers(): readonly string[] {
    this.#carrying ??= this.#view.nodes.map(({ name }) => name).filter((name) => this.#uses.carriedOn(name).length > 0);
    return this.#carrying;
  }

  /** Nodes that are to have nothing, or nothing new, and carry something. */
  findings(): readonly Finding[] {
    if (!this.#decisions.egressIPAMs.some(({ placement, deleting }) => placement === 'network' && !deleting)) return [];
    return this.#view.nodes.flatMap(({ name }) => {
      const egressIPAM = this.#decisions.egressIPAMOfNode(name);
      const carried = this.#uses.carriedOn(name);
      if (carried.length === 0) return [];
      const standing = this.#decisions.standingOf(name);
      if (egressIPAM !== undefined && standing === 'cordoned') return [takesMore(name, carried)];
      const stuck = egressIPAM === undefined || standing === 'leaving' ? this.#uses.stuckOn(name) : [];
      return stuck.length === 0 ? [] : [stillNeeded(name, egressIPAM === undefined, stuck)];
    });
  }
}

function hasAddress({ assignment: { cidr }, ranges }: PoolScope, address: Address): boolean {
  return [cidr, ...ranges].some((range) => cidrContains(range, address));
}

/** No node may have any: whichever gets the labels while nobody looks is used. */
function byLabels({ nodeSelector = {}, topologyLabel }: EgressIPAMDecision, labelValue: string): LabelSelector {
  return { ...nodeSelector, matchLabels: { ...nodeSelector.matchLabels, [topologyLabel]: labelValue } };
}

function stillNeeded(node: string, isUnselected: boolean, addresses: readonly Address[]): Finding {
  const texts = addresses.map(formatAddress);
  const why = isUnselected ? 'no EgressIPAM selects it any more' : 'it is about to go';
  return {
    code: 'NodeStillNeeded',
    severity: 'warning',
    object: { kind: 'Node', name: node },
    message: `${why}, but it carries ${firstFew(texts)}, which no other node can take; it stays in the ExternalIPPool until one can. Add nodes to the EgressIPAM`,
    addresses: texts,
  };
}

function takesMore(node: string, addresses: readonly Address[]): Finding {
  const texts = addresses.map(formatAddress);
  return {
    code: 'CordonedNodeTakesMore',
    severity: 'info',
    object: { kind: 'Node', name: node },
    message: `it is cordoned and carries ${firstFew(texts)}: in the ExternalIPPool, which keeps them there, Antrea may put more on it. It leaves the pool when it carries nothing; to empty it now, take it out of its EgressIPAM`,
    addresses: texts,
  };
}
