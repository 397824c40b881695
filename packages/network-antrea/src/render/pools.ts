import {
  cidrContains,
  type Address,
  type AddressRange,
  type EgressIPAMDecision,
  type Finding,
  type LabelSelector,
  type NetworkDecisions,
  type NetworkStep,
  type NetworkView,
  type Precondition,
} from '@egressip-ipam/core';
import {
  afterStep,
  compareNames,
  mergeRanges,
  rangesWithin,
  rangeWith,
  reportUnproven,
} from '@egressip-ipam/core/plugin';
import { missingRanges, overlap } from '../facts/ranges.ts';
import type { ParsedEgress } from '../facts/parse-egress.ts';
import type { AntreaFacts, ParsedPool } from '../facts/read-facts.ts';
import { poolName } from '../kinds/names.ts';
import { replacing, type AntreaPayload } from '../write/payload.ts';
import { PoolNodes, type PoolScope } from './pool-nodes.ts';

/** The pools as they are to be. */
export interface PoolPlan {
  readonly steps: readonly NetworkStep[];
  readonly findings: readonly Finding[];
  readonly isReady: (node: string) => boolean;
  /** The pool of an address, and what an Egress of it waits for. */
  readonly poolOf: (
    egressIPAM: EgressIPAMDecision,
    address: Address,
  ) => { readonly name: string; readonly after: readonly Precondition[] } | undefined;
}

/**
 * One pool per CIDR where Antrea places. What a pool has may not change, so that a resized CIDR appends to it; no two
 * pools overlap, so that it has what no other pool has; and a pool goes only when no Egress of anybody names it: Antrea
 * wipes the addresses of those that do.
 */
export function planPools(decisions: NetworkDecisions, facts: AntreaFacts, view: NetworkView): PoolPlan {
  const wanted = wantedPools(decisions, facts);
  const nodes = new PoolNodes(decisions, facts, view, wanted);
  const names = new Set(wanted.map(({ name }) => name));
  const unwanted = facts.pools.filter((pool) => isUnwanted(pool, names, facts));
  // Nothing is on record of a pool that nobody wants: without managed fields it may be a person's copy.
  const leaving = unwanted.filter(({ source }) => source.applied === true);
  const staying = facts.pools.filter((pool) => !leaving.includes(pool));
  const standing = mergeRanges(staying.flatMap(({ ranges }) => ranges));
  const wantedBy = Map.groupBy(wanted, ({ egressIPAM }) => egressIPAM.name);
  const ready = new Set(view.nodes.filter((node) => node.ready).map(({ name }) => name));
  const steps = new Map<string, NetworkStep | undefined>();
  for (const pool of wanted) {
    const selector = nodes.selectorOf(pool);
    steps.set(pool.name, poolStep(pool, selector, standing, leaving));
  }
  return {
    steps: [...[...steps.values()].filter((step) => step !== undefined), ...leaving.map(deletion)],
    findings: [...nodes.findings(), ...unwanted.filter((pool) => !leaving.includes(pool)).map(unproven)],
    isReady: (node) => ready.has(node),
    poolOf: (egressIPAM, address) => {
      const pool = wantedBy.get(egressIPAM.name)?.find(({ assignment: { cidr } }) => cidrContains(cidr, address));
      if (pool === undefined) return undefined;
      const step = steps.get(pool.name);
      const isThere = pool.ranges.some((range) => cidrContains(range, address));
      // Another pool that still has it is on its way out.
      if (!isThere && rangeWith(standing, address) !== undefined) return undefined;
      return { name: pool.name, after: step === undefined ? [] : [afterStep(step.id)] };
    },
  };
}

/** A pool that is to be. */
interface WantedPool extends PoolScope {
  readonly name: string;
  readonly present: ParsedPool | undefined;
}

function wantedPools({ egressIPAMs }: NetworkDecisions, { pools }: AntreaFacts): readonly WantedPool[] {
  // One that lost its label is found by its name.
  const own = pools.filter(({ name, source }) => isOwnName(name) && source.egressIPAM !== undefined);
  const byOwner = Map.groupBy(own, ({ source }) => source.egressIPAM ?? '');
  const unlabelled = byOwner.get('') ?? [];
  const poolsOf = (name: string): readonly ParsedPool[] => {
    const found = [
      ...(byOwner.get(name) ?? []),
      ...unlabelled.filter((pool) => pool.name.startsWith(`${ownPrefix}${name}.`)),
    ];
    return found.sort((a, b) => compareNames(a.name, b.name));
  };
  return egressIPAMs
    .filter(({ deleting, placement }) => !deleting && placement === 'network')
    .flatMap((egressIPAM) => {
      const candidates = poolsOf(egressIPAM.name);
      return egressIPAM.assignments.map((assignment) => {
        const present = candidates.find(({ ranges }) => ranges.some((range) => overlap(range, assignment.cidr)));
        const name = present?.name ?? poolName(egressIPAM.name, assignment.cidr);
        return { egressIPAM, assignment, present, ranges: present?.ranges ?? [], name };
      });
    });
}

function isUnwanted({ name, source }: ParsedPool, wanted: ReadonlySet<string>, { poolsInUse }: AntreaFacts): boolean {
  return source.egressIPAM !== undefined && isOwnName(name) && !wanted.has(name) && !poolsInUse.has(name);
}

/** Whether an Egress names a pool that somebody has deleted: Antrea has wiped its address, or is about to. */
export function namesLostPool({ source: { externalIPPool } }: ParsedEgress, { poolNames }: AntreaFacts): boolean {
  return externalIPPool !== '' && !poolNames.has(externalIPPool);
}

/** A pool that was deleted comes back only once the Egresses of ours that named it have their addresses again. */
export function afterLostAddresses(
  steps: readonly NetworkStep[],
  { egresses, poolNames }: AntreaFacts,
  egressSteps: readonly NetworkStep[],
): readonly NetworkStep[] {
  const lost = egresses.filter(
    ({ source: { externalIPPool } }) => externalIPPool !== '' && !poolNames.has(externalIPPool),
  );
  if (lost.length === 0) return steps;
  const namedBy = Map.groupBy(lost, ({ source }) => source.externalIPPool);
  const writesOf = Map.groupBy(egressSteps, ({ object }) => object.name);
  return steps.map((step) => {
    const writes = namedBy.get(step.object.name)?.flatMap(({ name }) => writesOf.get(name) ?? []) ?? [];
    return writes.length === 0 ? step : { ...step, after: [...step.after, ...writes.map(({ id }) => afterStep(id))] };
  });
}

const ownPrefix = 'egressip-ipam.';

function isOwnName(name: string): boolean {
  return name.startsWith(ownPrefix);
}

function poolStep(
  { name, egressIPAM, assignment: { cidr }, present }: WantedPool,
  nodeSelector: LabelSelector,
  standing: readonly AddressRange[],
  leaving: readonly ParsedPool[],
): NetworkStep | undefined {
  const missing = missingRanges(cidr, rangesWithin(standing, cidr));
  const { source } = present ?? {};
  const isRight =
    missing.length === 0 &&
    (source === undefined ||
      (source.egressIPAM === egressIPAM.name &&
        JSON.stringify(sorted(source.nodeSelector)) === JSON.stringify(sorted(nodeSelector))));
  // Nobody can add to what is not known as it is.
  if (isRight || source?.isInShort === true) return undefined;
  const ipRanges = [...(present?.source.ipRanges ?? []), ...missing];
  const over = present === undefined ? {} : replacing([present.source.nodeSelector], [nodeSelector]);
  const payload: AntreaPayload = {
    write: 'pool',
    pool: { egressIPAM: egressIPAM.name, ipRanges, nodeSelector },
    ...over,
  };
  const after = leaving.filter(({ ranges }) => ranges.some((range) => overlap(range, cidr))).map(deletion);
  return {
    ...base(name, egressIPAM.name),
    action: 'pool',
    effects: {},
    after: after.map(({ id }) => afterStep(id)),
    payload,
    carries: true,
  };
}

function unproven({ name }: ParsedPool): Finding {
  return reportUnproven({ kind: 'ExternalIPPool', name }, []);
}

/** Keys in one order, so that equal selectors have equal texts. */
function sorted({ matchLabels = {}, matchExpressions = [] }: LabelSelector): unknown {
  return [Object.entries(matchLabels).sort(), matchExpressions];
}

function deletion({ name, source }: ParsedPool): NetworkStep {
  return { ...base(name, source.egressIPAM ?? ''), action: 'pool', effects: {}, payload: { write: 'delete' } };
}

function base(name: string, egressIPAM: string) {
  return {
    kind: 'network' as const,
    id: `ExternalIPPool/${name}`,
    object: { kind: 'ExternalIPPool', name },
    after: [],
    ...(egressIPAM === '' ? {} : { egressIPAM }),
  };
}
