import {
  afterStep,
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
import { missingRanges, overlap } from '../facts/ranges.ts';
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
 * One pool per CIDR where Antrea places. What a pool has may not change, so that a resized CIDR appends to it; and a
 * pool goes only when no Egress of anybody names it: Antrea wipes the addresses of those that do.
 */
export function planPools(decisions: NetworkDecisions, facts: AntreaFacts, view: NetworkView): PoolPlan {
  const nodes = new PoolNodes(decisions, facts, view);
  const wanted = new Map<string, NetworkStep | undefined>();
  const names = new Map<AssignmentDecision, string>();
  for (const egressIPAM of decisions.egressIPAMs) {
    if (egressIPAM.deleting || egressIPAM.placement !== 'network') continue;
    for (const assignment of egressIPAM.assignments) {
      const present = presentPool(egressIPAM, assignment, facts);
      const name = present?.name ?? poolName(egressIPAM.name, assignment.cidr);
      names.set(assignment, name);
      const selector = nodes.selectorOf(egressIPAM, assignment, present?.ranges ?? []);
      wanted.set(name, poolStep(egressIPAM, assignment, selector, name, present));
    }
  }
  const unwanted = facts.pools.filter(
    ({ name, source }) =>
      source.egressIPAM !== undefined && isOwnName(name) && !wanted.has(name) && !facts.poolsInUse.has(name),
  );
  const steps = [...[...wanted.values()].filter((step) => step !== undefined), ...unwanted.map(deletion)];
  return {
    steps,
    findings: nodes.findings(),
    poolOf: (egressIPAM, address) => {
      const assignment = egressIPAM.assignments.find(({ cidr }) => cidrContains(cidr, address));
      const name = assignment === undefined ? undefined : names.get(assignment);
      const step = name === undefined ? undefined : wanted.get(name);
      return name === undefined ? undefined : { name, after: step === undefined ? [] : [afterStep(step.id)] };
    },
  };
}

function isOwnName(name: string): boolean {
  return name.startsWith('egressip-ipam.');
}

/** The pool of an EgressIPAM that has something of a CIDR already. */
function presentPool(
  { name }: EgressIPAMDecision,
  { cidr }: AssignmentDecision,
  { pools }: AntreaFacts,
): ParsedPool | undefined {
  return pools.find(
    ({ name: pool, source, ranges }) =>
      source.egressIPAM === name && isOwnName(pool) && ranges.some((range) => overlap(range, cidr)),
  );
}

function poolStep(
  egressIPAM: EgressIPAMDecision,
  { cidr }: AssignmentDecision,
  nodeSelector: LabelSelector,
  name: string,
  present: ParsedPool | undefined,
): NetworkStep | undefined {
  const missing = missingRanges(cidr, present?.ranges ?? []);
  const isRight =
    present !== undefined &&
    missing.length === 0 &&
    JSON.stringify(sorted(present.source.nodeSelector)) === JSON.stringify(sorted(nodeSelector));
  if (isRight) return undefined;
  const pool = {
    egressIPAM: egressIPAM.name,
    ipRanges: [...(present?.source.ipRanges ?? []), ...missing],
    nodeSelector,
  };
  const over = present === undefined ? {} : replacing([present.source.nodeSelector], [nodeSelector]);
  const payload: AntreaPayload = { write: 'pool', pool, ...over };
  return { ...base(name, egressIPAM.name), action: 'pool', effects: {}, payload };
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
