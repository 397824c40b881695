import { allocate } from '../allocate/allocate.ts';
import { takeCooling } from '../allocate/cool-down.ts';
import { GoingBack } from '../allocate/going-back.ts';
import { Readiness } from '../allocate/readiness.ts';
import type { Allotment } from '../allocate/allotment.ts';
import type { TurnLimits } from '../allocate/turns.ts';
import type { Claim } from '../claims/claim.ts';
import { foreignBindings, markForeignBindings } from '../claims/foreign-bindings.ts';
import { markReleasing, markRemembered, ownAddresses } from '../claims/own-addresses.ts';
import { readClaims } from '../claims/read-claims.ts';
import { AddressLayout } from '../ledger/address-layout.ts';
import { AddressLedger } from '../ledger/address-ledger.ts';
import { AddressUsers } from '../ledger/address-users.ts';
import { HostedList } from '../ledger/hosted-list.ts';
import type { ClaimIndex } from '../ledger/indexes.ts';
import { NodeNames } from '../ledger/node-names.ts';
import {
  nodeSubnets,
  noteAttachments,
  noteHosts,
  strayHosted,
  takeReserved,
  takeUsed,
  unclaimedHosted,
  usedElsewhere,
  type SurveyedNodes,
} from '../ledger/survey.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { NetworkFacts, NetworkView } from '../network-contract/facts.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import { Parser, type ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import { countOccupied, limitByInterfaces } from '../place/count-loads.ts';
import { makePools } from '../place/make-pools.ts';
import { NodeTable } from '../place/node-table.ts';
import { Placer } from '../place/placer.ts';
import type { Pool } from '../place/pool.ts';
import { plain } from '../plain/plain-network.ts';
import type { Decided } from '../render/decided.ts';
import { render } from '../render/render.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { networkView } from './network-view.ts';
import type { Plan } from './plan-types.ts';
import type { Said } from './last-allocations.ts';
import { reportAllocations } from './report-allocations.ts';
import { reportPlan } from './report.ts';
import { withoutClusterNetworks } from './without-cluster-networks.ts';
import { withoutLongNames } from './without-long-names.ts';

/** How to plan. */
export interface PlanOptions {
  /**
   * So many new addresses are given out in one plan at most; whoever is left waits with code `WaitingForTurn`, and the
   * next plan goes on once this one is carried out. Absent, all is decided at once.
   */
  readonly mostNew?: number;
  /**
   * Whether what a namespace is given cannot be written just now. It is served in its turn all the same, and is not
   * counted, up to `mostNew` again: the others do not wait behind it. Absent, no namespace is.
   */
  readonly isHeldUp?: (namespace: string) => boolean;
}

/** Plans snapshot after snapshot. */
export interface Planner {
  /**
   * The plan of a snapshot: the same as `plan()` gives, whatever was planned before. Never throws for what a snapshot
   * holds.
   */
  plan(snapshot: ClusterSnapshot): Plan;
}

/**
 * A planner that lives on. It remembers what it parsed, by the object it came
 * from, what it decided of claims that stay as they are, and what it said of each
 * namespace, which is the same object again where it says the same; a snapshot that
 * shares objects with the last one is therefore planned much faster.
 *
 * @param backend the network's back end; the one that a snapshot names
 *
 * @example
 * ```ts
 * import { createPlanner, plain, type ClusterSnapshot } from '@egressip-ipam/core';
 *
 * const planner = createPlanner(plain);
 * export const allocationsOf = (snapshot: ClusterSnapshot) => planner.plan(snapshot).allocations;
 * ```
 */
export function createPlanner(
  backend: NetworkBackend = plain,
  { mostNew = Infinity, isHeldUp = () => false }: PlanOptions = {},
): Planner {
  const limits = { mostNew, isHeldUp };
  const parser = new Parser();
  const reader = backend.createFactsReader();
  let last = nothing;
  return {
    plan: (snapshot) => {
      const parsed = parser.parse(snapshot);
      const view = networkView(parsed);
      const facts = reader.read(view);
      const traits = backend.traits(view.settings, view.platform);
      const usable = withoutClusterNetworks(parsed, facts.clusterNetworks ?? []);
      const decided = decide(
        { ...usable, egressIPAMs: withoutLongNames(usable.egressIPAMs, traits) },
        { backend, traits, view, facts, limits, last },
      );
      last = decided.remembered;
      return decided.plan;
    },
  };
}

/**
 * Decides everything for one snapshot: allocations, placements, ordered steps and findings.
 *
 * @example
 * ```ts
 * import { plan, readObjects } from '@egressip-ipam/core';
 *
 * const { snapshot } = readObjects([{ kind: 'Namespace', metadata: { name: 'billing' } }]);
 * const { allocations, waiting, steps, findings } = plan(snapshot);
 * for (const { namespace, reason } of waiting) console.log(`${namespace} waits: ${reason.message}`);
 * ```
 */
export function plan(snapshot: ClusterSnapshot, backend: NetworkBackend = plain, options: PlanOptions = {}): Plan {
  return createPlanner(backend, options).plan(snapshot);
}

/** A network, and what it says of a snapshot. */
interface Network {
  readonly backend: NetworkBackend;
  readonly traits: NetworkTraits;
  readonly view: NetworkView;
  readonly facts: NetworkFacts;
  readonly limits: TurnLimits;
  readonly last: Remembered;
}

/** What a planner remembers of its last plan. */
interface Remembered extends Said {
  readonly pools: readonly Pool[];
  readonly allotments: readonly Allotment[];
}

const nothing: Remembered = { pools: [], allotments: [], allocations: [] };

/** A row of phases: facts → claims → allocate, with places → render → report. */
function decide(
  snapshot: ParsedSnapshot,
  { backend, traits, view, facts, limits, last }: Network,
): { readonly plan: Plan; readonly remembered: Remembered } {
  const ledger = new AddressLedger(
    new AddressLayout(snapshot.egressIPAMs.flatMap(({ assignments }) => assignments.map(({ cidr }) => cidr))),
    facts.hosts.reduce((sum, { hosted }) => sum + hosted.length, 0),
  );
  const names = new NodeNames(snapshot.nodes);
  const hosted = new HostedList(facts.hosts, names, ledger);
  const nodes = new NodeTable(snapshot, facts, names);
  const pools = makePools(snapshot.egressIPAMs, nodes, traits, last.pools);
  const surveyed: SurveyedNodes = {
    indexOf: (name) => nodes.indexOf(name),
    subnets: nodeSubnets(snapshot, nodes.allSubnets()),
    present: nodes.present,
  };
  const users = new AddressUsers(snapshot, facts, surveyed.subnets);

  takeReserved(ledger, snapshot, facts, surveyed);
  noteHosts(ledger, hosted);
  noteAttachments(ledger, snapshot, facts, surveyed);

  const elsewhere = usedElsewhere(ledger, snapshot, facts, surveyed);
  for (const address of elsewhere) ledger.take(address);
  const refused = elsewhere.size === 0 ? facts.refused : new Set([...facts.refused, ...elsewhere]);
  const lastOf = (index: ClaimIndex): Claim | undefined => last.allotments[index]?.claim;
  const read = readClaims({ snapshot, facts, hosted, traits, pools, ledger, refused, lastOf });
  const { claims, unsettled, contested } = ownAddresses(read.claims, ledger, hosted);
  const foreign = foreignBindings(claims, read.bound, facts);
  markReleasing(unsettled, pools, ledger);
  markRemembered(pools, ledger);
  markForeignBindings(unsettled, foreign, snapshot.namespaces, ledger);
  limitByInterfaces(ledger, nodes, snapshot);
  countOccupied(ledger, nodes, facts);
  const unclaimed = unclaimedHosted(hosted, ledger);
  takeUsed(ledger, snapshot, facts, unclaimed, [...foreign, ...unsettled.flatMap(({ binding }) => binding ?? [])]);
  const cooling = takeCooling(snapshot, ledger);

  const goingBack = new GoingBack(snapshot, { unsettled, unclaimed, ledger, cooling });

  const placer = new Placer(ledger, nodes);
  const readiness = new Readiness(snapshot, facts, traits);
  const recordsFirst = snapshot.source.isFirstLook === true;
  const allocated = allocate({
    claims,
    unsettled,
    ledger,
    nodes,
    placer,
    users,
    cooling,
    goingBack,
    readiness,
    facts,
    recordsFirst,
    limits,
    last: last.allotments,
  });

  const { allotments, findings } = allocated;
  // Where nothing was to be decided, who has what is as it was.
  const isAsBefore = unsettled.length === 0 && !ledger.isAnyMarked('hosted-twice');
  const decided: Decided = {
    ...{ snapshot, facts, traits, nodes, pools, ledger, users, cooling, contested, allotments },
    unsettled: allocated.unsettled,
    unusual: allocated.unusual,
    stray: isAsBefore ? unclaimed : strayHosted(hosted, ledger),
    foreignBindings: foreign,
    usedElsewhere: elsewhere,
  };
  const rendered = render(decided, backend, view);
  const reported = reportAllocations(decided, rendered.rendering, last);
  const { allocations } = reported;
  const plan = reportPlan(decided, rendered, [...read.findings, ...findings], reported);
  return { plan, remembered: { pools: pools.list, allotments, allocations } };
}
