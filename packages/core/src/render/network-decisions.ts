import type { Address } from '../address/address.ts';
import type { Allotment } from '../allocate/allotment.ts';
import type {
  AssignmentDecision,
  ClaimDecision,
  EgressIPAMDecision,
  NetworkDecisions,
  StepOrder,
} from '../network-contract/decisions.ts';
import type { Pool } from '../place/pool.ts';
import { nodeOf, ownerOf, type Decided } from './decided.ts';

/** What was decided, in the words of back ends. */
export function networkDecisions(decided: Decided, order: StepOrder): NetworkDecisions {
  const { ledger, nodes, pools, allotments } = decided;
  const egressIPAMs = new Map(pools.list.map((pool) => [pool, egressIPAMDecision(decided, pool)]));
  const claims = allotments.map((allotment) => claimDecision(allotment, egressIPAMs));
  let byNamespace: ReadonlyMap<string, ClaimDecision> | undefined;
  const nodeIndexOf = (address: Address): string | undefined => {
    const owner = ledger.owner.at(ledger.slotOf(address));
    const allotment = owner === undefined ? undefined : allotments[owner];
    const node = allotment === undefined ? ledger.host.at(ledger.slotOf(address)) : nodeOf(decided, allotment, address);
    return node === undefined ? undefined : nodes.nameOf(node);
  };
  return {
    claims,
    claimOf: (namespace) => (byNamespace ??= new Map(claims.map((claim) => [claim.namespace, claim]))).get(namespace),
    egressIPAMs: [...egressIPAMs.values()],
    egressIPAMOfNode: (name) => {
      const node = nodes.indexOf(name);
      const pool = node === undefined ? undefined : pools.ofNode(node);
      return pool === undefined ? undefined : egressIPAMs.get(pool);
    },
    assignmentOf: ({ assignments }, address) =>
      assignments.find(({ cidr }) => typeof address === typeof cidr.first && address >= cidr.first && address <= cidr.last),
    ownerOf: (address) => ownerOf(decided, address),
    nodeOf: nodeIndexOf,
    hostOf: (address) => {
      const host = ledger.host.at(ledger.slotOf(address));
      return host === undefined ? undefined : nodes.nameOf(host);
    },
    isHostedTwice: (address) => ledger.isMarked(ledger.slotOf(address), 'hosted-twice'),
    isRecorded: (address) => ledger.isMarked(ledger.slotOf(address), 'recorded'),
    isLeaving: (address) => ledger.isLeaving(ledger.slotOf(address)),
    isBoundByOthers: (address) => ledger.isMarked(ledger.slotOf(address), 'bound-by-others'),
    isAttachedTo: (address, name) => {
      const node = nodes.indexOf(name);
      return node !== undefined && ledger.attachment.is(ledger.slotOf(address), node) && !ledger.isMarked(ledger.slotOf(address), 'half-attached');
    },
    canHost: (name, address) => {
      const node = nodes.indexOf(name);
      return node !== undefined && nodes.canHost(node, address);
    },
    order,
  };
}

function claimDecision(
  { claim, pool, addresses, leaving }: Allotment,
  egressIPAMs: ReadonlyMap<Pool, EgressIPAMDecision>,
): ClaimDecision {
  return {
    namespace: claim.namespace.name,
    egressIPAM: pool === undefined ? undefined : egressIPAMs.get(pool),
    addresses,
    binding: claim.binding,
    leaving,
    releases: claim.intent.kind === 'release',
  };
}

function egressIPAMDecision({ nodes }: Decided, { egressIPAM, placement, assignments }: Pool): EgressIPAMDecision {
  const { nodeSelector, topologyLabel } = egressIPAM.source;
  return {
    name: egressIPAM.name,
    deleting: egressIPAM.deleting,
    placement,
    topologyLabel,
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    assignments: assignments.map(
      ({ assignment, group }): AssignmentDecision => ({
        cidr: assignment.cidr,
        labelValue: assignment.labelValue,
        position: assignment.position,
        selected: group.selected.map((node) => nodes.nameOf(node)),
        candidates: group.candidates.map((node) => nodes.nameOf(node)),
      }),
    ),
  };
}
