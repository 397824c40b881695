import {
  cidrContains,
  type Address,
  type AssignmentDecision,
  type EgressIPAMDecision,
  type Finding,
  type LabelSelector,
  type NetworkDecisions,
  type NetworkStep,
  type NetworkView,
  type Precondition,
} from '@egressip-ipam/core';
import { afterStep, mergeRanges, rangeWith } from '@egressip-ipam/core/plugin';
import { missingRanges, overlap } from '../facts/ranges.ts';
import type { ParsedEgress } from '../facts/parse-egress.ts';
import type { AntreaFacts, ParsedPool } from '../facts/read-facts.ts';
import { poolName } from '../kinds/names.ts';
import { replacing, type AntreaPayload } from '../write/payload.ts';
import { PoolNodes } from './pool-nodes.ts';

/** The pools as they are to be. */
export interface PoolPlan {
  readonly steps: readonly NetworkStep[];
  readonly findings: readonly Finding[];
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
  const nodes = new PoolNodes(decisions, facts, view);
  const wanted = wantedPools(decisions, facts);
  const names = new Set(wanted.map(({ name }) => name));
  const [leaving, staying] = partition(facts.pools, (pool) => isUnwanted(pool, names, facts));
  const standing = mergeRanges(staying.flatMap(({ ranges }) => ranges));
  const steps = new Map<string, NetworkStep | undefined>();
  for (const pool of wanted) {
    const selector = nodes.selectorOf(pool.egressIPAM, pool.assignment, pool.present?.ranges ?? []);
    steps.set(pool.name, poolStep(pool, selector, staying, leaving));
  }
  return {
    steps: [...[...steps.values()].filter((step) => step !== undefined), ...leaving.map(deletion)],
    findings: nodes.findings(),
    poolOf: (egressIPAM, address) => {
      const pool = wanted.find(
        ({ egressIPAM: { name }, assignment: { cidr } }) => name === egressIPAM.name && cidrContains(cidr, address),
      );
      if (pool === undefined) return undefined;
      const step = steps.get(pool.name);
      const isThere = (pool.present?.ranges ?? []).some((range) => cidrContains(range, address));
      // Another pool that still has it is on its way out.
      if (!isThere && rangeWith(standing, address) !== undefined) return undefined;
      return { name: pool.name, after: step === undefined ? [] : [afterStep(step.id)] };
    },
  };
}

/** A pool that is to be. */
interface WantedPool {
  readonly name: string;
  readonly egressIPAM: EgressIPAMDecision;
  readonly assignment: AssignmentDecision;
  readonly present: ParsedPool | undefined;
}

function wantedPools({ egressIPAMs }: NetworkDecisions, facts: AntreaFacts): readonly WantedPool[] {
  return egressIPAMs
    .filter(({ deleting, placement }) => !deleting && placement === 'network')
    .flatMap((egressIPAM) =>
      egressIPAM.assignments.map((assignment) => {
        const present = presentPool(egressIPAM, assignment, facts);
        return { egressIPAM, assignment, present, name: present?.name ?? poolName(egressIPAM.name, assignment.cidr) };
      }),
    );
}

function isUnwanted({ name, source }: ParsedPool, wanted: ReadonlySet<string>, { poolsInUse }: AntreaFacts): boolean {
  return source.egressIPAM !== undefined && isOwnName(name) && !wanted.has(name) && !poolsInUse.has(name);
}

function partition<Value>(
  values: readonly Value[],
  isFirst: (value: Value) => boolean,
): readonly [readonly Value[], readonly Value[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}

/** Whether an Egress names a pool that somebody has deleted: Antrea has wiped its address, or is about to. */
export function namesLostPool({ source: { externalIPPool } }: ParsedEgress, { pools }: AntreaFacts): boolean {
  return externalIPPool !== '' && !pools.some(({ name }) => name === externalIPPool);
}

/** A pool that was deleted comes back only once the Egresses of ours that named it have their addresses again. */
export function afterLostAddresses(
  step: NetworkStep,
  { egresses, pools }: AntreaFacts,
  egressSteps: readonly NetworkStep[],
): NetworkStep {
  const { name: pool } = step.object;
  if (pools.some(({ name }) => name === pool)) return step;
  const lost = new Set(egresses.filter(({ source }) => source.externalIPPool === pool).map(({ name }) => name));
  const writes = egressSteps.filter(({ object }) => lost.has(object.name));
  return { ...step, after: [...step.after, ...writes.map(({ id }) => afterStep(id))] };
}

const ownPrefix = 'egressip-ipam.';

function isOwnName(name: string): boolean {
  return name.startsWith(ownPrefix);
}

/** The pool of an EgressIPAM that has something of a CIDR already; one that lost its label, by its name alone. */
function presentPool(
  { name }: EgressIPAMDecision,
  { cidr }: AssignmentDecision,
  { pools }: AntreaFacts,
): ParsedPool | undefined {
  const isOf = ({ name: pool, source: { egressIPAM } }: ParsedPool): boolean =>
    egressIPAM === '' ? pool.startsWith(`${ownPrefix}${name}.`) : egressIPAM === name && isOwnName(pool);
  return pools.find((pool) => isOf(pool) && pool.ranges.some((range) => overlap(range, cidr)));
}

function poolStep(
  { name, egressIPAM, assignment: { cidr }, present }: WantedPool,
  nodeSelector: LabelSelector,
  staying: readonly ParsedPool[],
  leaving: readonly ParsedPool[],
): NetworkStep | undefined {
  const missing = missingRanges(
    cidr,
    staying.flatMap(({ ranges }) => ranges),
  );
  const { source } = present ?? {};
  const isRight =
    missing.length === 0 &&
    (source === undefined ||
      (source.egressIPAM === egressIPAM.name &&
        JSON.stringify(sorted(source.nodeSelector)) === JSON.stringify(sorted(nodeSelector))));
  if (isRight) return undefined;
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
  };
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
