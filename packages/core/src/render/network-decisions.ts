import type { Address } from '../address/address.ts';
import { firstWith } from '../address/cidr-holders.ts';
import type { Allotment } from '../allocate/allotment.ts';
import type { NetworkDecisions, StepOrder } from '../network-contract/decisions.ts';
import type { NodeIndex, Slot } from '../ledger/indexes.ts';
import { NamespaceIndex } from '../network-contract/namespace-index.ts';
import { allotmentAt, nodeAt, poolOf, type Decided } from './decided.ts';

/** What was decided, in the words of back ends. */
export function networkDecisions(decided: Decided, order: StepOrder): NetworkDecisions {
  const { ledger, nodes, pools, allotments, stray } = decided;
  let contested: ReadonlySet<Address> | undefined;
  let byNamespace: NamespaceIndex<Allotment> | undefined;
  const nodeIndexOf = (address: Address, slot: Slot): NodeIndex | undefined => {
    const allotment = allotmentAt(decided, slot);
    return nodeAt(ledger, slot, allotment === undefined ? undefined : poolOf(allotment, address));
  };
  return {
    claims: allotments,
    claimOf: (namespace) => (byNamespace ??= new NamespaceIndex(allotments)).get(namespace),
    claimWith: (address) => allotmentAt(decided, ledger.slotOf(address)),
    egressIPAMs: pools.list.map(({ decision }) => decision),
    egressIPAMOfNode: (name) => {
      const node = nodes.indexOf(name);
      return node === undefined ? undefined : pools.ofNode(node)?.decision;
    },
    standingOf: (name) => {
      const node = nodes.indexOf(name);
      return node === undefined ? 'leaving' : nodes.standingOf(node);
    },
    assignmentOf: ({ assignments }, address) => firstWith(assignments, address)?.holder,
    nodeOf: (address) => {
      const node = nodeIndexOf(address, ledger.slotOf(address));
      return node === undefined ? undefined : nodes.nameOf(node);
    },
    hostOf: (address) => {
      const host = ledger.host.at(ledger.slotOf(address));
      return host === undefined ? undefined : nodes.nameOf(host);
    },
    stray: stray.map(({ entry }) => entry),
    isHostedTwice: (address) => ledger.isMarked(ledger.slotOf(address), 'hosted-twice'),
    isRecorded: (address) => ledger.isMarked(ledger.slotOf(address), 'recorded'),
    isLeaving: (address) => ledger.isLeaving(ledger.slotOf(address)),
    isBoundByOthers: (address) => ledger.isMarked(ledger.slotOf(address), 'bound-by-others'),
    isUsedByOthers: (address) => ledger.isMarked(ledger.slotOf(address), 'used-by-others'),
    isContested: (address) => (contested ??= new Set(decided.contested.map((entry) => entry.address))).has(address),
    isAttachedTo: (address, name) => {
      const [node, slot] = [nodes.indexOf(name), ledger.slotOf(address)];
      if (node === undefined || !ledger.attachment.is(slot, node)) return false;
      // Half of it is too little to send by, and too much to be forgotten (law 9).
      return ledger.isLeaving(slot) || !ledger.isMarked(slot, 'half-attached');
    },
    isAttached: (address) => ledger.attachment.has(ledger.slotOf(address)),
    canHost: (name, address) => {
      const node = nodes.indexOf(name);
      return node !== undefined && nodes.canHost(node, address);
    },
    order,
  };
}
