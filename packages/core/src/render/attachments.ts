import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import { isSeen } from '../ledger/survey.ts';
import type { Precondition, StepEffects } from '../network-contract/step.ts';
import { nodeOf, placementOf, type Decided } from './decided.ts';

/** One change of an interface that is wanted. */
export interface AttachmentChange {
  readonly kind: 'attach' | 'detach' | 'move';
  readonly address: Address;
  readonly node: string;
  /** Who has it, or gives it back, where that is known. */
  readonly namespace: string | undefined;
  /** For a move. */
  readonly from?: string;
  /** The id of its step. */
  readonly id: string;
  /** A look that has to come first, as one of the interfaces is not known. */
  readonly unseen: readonly Precondition[];
  /** Whether the network has placed it, so that the interface follows. */
  readonly follows: boolean;
}

/** What has to change on interfaces, by address; nothing where this project does not attach. */
export function wantedAttachments(decided: Decided): ReadonlyMap<Address, AttachmentChange> {
  const changes = new Map<Address, AttachmentChange>();
  if (!decided.snapshot.source.provider.attach) return changes;
  for (const change of [...arrivals(decided), ...departures(decided)]) changes.set(change.address, change);
  return changes;
}

function* arrivals(decided: Decided): Iterable<AttachmentChange> {
  const { ledger, nodes } = decided;
  for (const allotment of decided.allotments) {
    if (allotment.pool === undefined) continue;
    for (const address of allotment.addresses) {
      const wanted = nodeOf(decided, allotment, address);
      const attached = ledger.attachment.at(ledger.slotOf(address));
      // A node that is gone has no interface, whatever the network still has there.
      if (wanted === undefined || wanted >= nodes.present) continue;
      if (wanted === attached && !ledger.isMarked(ledger.slotOf(address), 'half-attached')) continue;
      const follows = placementOf(allotment, address) === 'network';
      const node = nodes.nameOf(wanted);
      const namespace = allotment.claim.namespace.name;
      if (attached === undefined || attached === wanted)
        yield change(decided, { kind: 'attach', address, node, namespace, follows });
      else yield change(decided, { kind: 'move', address, node, namespace, from: nodes.nameOf(attached), follows });
    }
  }
}

/** Addresses of ours on interfaces that no claim has any more. */
function* departures(decided: Decided): Iterable<AttachmentChange> {
  const { ledger, nodes, snapshot } = decided;
  const formerly = new Map([
    ...decided.stray.map(({ entry }) => [entry.address, entry.namespace] as const),
    ...decided.unsettled.flatMap(({ claim, leaving }) =>
      leaving.map((address) => [address, claim.namespace.name] as const),
    ),
  ]);
  const leave = (address: Address, node: string): AttachmentChange => {
    const follows = isPlacedByNetwork(decided, address);
    return change(decided, { kind: 'detach', address, node, namespace: formerly.get(address), follows });
  };
  if (snapshot.observation === undefined) {
    for (const { leaving } of decided.unsettled) {
      for (const address of leaving) {
        const node = ledger.attachment.at(ledger.slotOf(address));
        if (node !== undefined && ledger.isLeaving(ledger.slotOf(address))) yield leave(address, nodes.nameOf(node));
      }
    }
    return;
  }
  for (const [node, { attached }] of snapshot.observation.nodes) {
    if (nodes.indexOf(node) === undefined) continue;
    for (const address of attached) if (ledger.isLeaving(ledger.slotOf(address))) yield leave(address, node);
  }
  for (const { address, node } of doubtedDepartures(decided)) yield leave(address, node);
  yield* unseenDepartures(decided, leave);
}

/**
 * Whether the network chose the node of an address that no claim has any more, and the EgressIPAM's status remembers it
 * when the network's own object is gone. Where nothing does, it comes off the interface first (law 9).
 */
function isPlacedByNetwork({ pools, snapshot }: Decided, address: Address): boolean {
  if (snapshot.time === undefined) return false;
  return pools.list.some(
    (pool) => pool.placement === 'network' && !pool.egressIPAM.deleting && pool.assignmentOf(address) !== undefined,
  );
}

/** What is on our record at a node whose interface was not seen: a look comes first. */
function* unseenDepartures(
  { stray, ledger, nodes, snapshot }: Decided,
  leave: (address: Address, node: string) => AttachmentChange,
): Iterable<AttachmentChange> {
  for (const { entry } of stray) {
    const { address, node, ours } = entry;
    const index = nodes.indexOf(node);
    if (!ours || index === undefined || index >= nodes.present || isSeen(snapshot, node)) continue;
    if (ledger.isLeaving(ledger.slotOf(address))) yield leave(address, node);
  }
}

/**
 * What is on its way out, and may be on an interface unseen, is taken to be there: taking off what is absent does no
 * harm, and nothing leaks (law 9).
 */
function doubtedDepartures({
  snapshot,
  ledger,
  nodes,
}: Decided): readonly { readonly address: Address; readonly node: string }[] {
  const observed = snapshot.observation?.nodes;
  return (snapshot.source.provider.doubted ?? []).flatMap(({ node, address: text }) => {
    const address = parseAddress(text);
    const index = nodes.indexOf(node);
    const seen = observed?.get(node);
    // A machine that the platform does not have carries nothing, without a doubt.
    const isGone = seen?.error !== undefined && !seen.isUnknown;
    if (address === undefined || index === undefined || isGone || seen?.attached.includes(address) === true) return [];
    const slot = ledger.slotOf(address);
    const isElsewhere = ledger.attachment.has(slot) && !ledger.attachment.is(slot, index);
    return ledger.isLeaving(slot) && !isElsewhere ? [{ address, node }] : [];
  });
}

function change(
  { snapshot }: Decided,
  { kind, address, node, namespace, from, follows }: Omit<AttachmentChange, 'id' | 'unseen'>,
): AttachmentChange {
  const text = formatAddress(address);
  const hasLooked = snapshot.observation !== undefined;
  const unseen = hasLooked
    ? [...(from === undefined ? [] : [from]), node].filter((name) => !isSeen(snapshot, name))
    : [];
  return {
    kind,
    address,
    node,
    namespace,
    ...(from === undefined ? {} : { from }),
    id: `${kind} ${text} ${from === undefined ? '' : `${from} `}${node}`,
    unseen: unseen.map((name) => ({ kind: 'observed', object: { kind: 'Interface', name }, state: 'read' })),
    follows,
  };
}

/** What a change does to its address. */
export function effectsOf({ kind, address }: AttachmentChange): StepEffects {
  const list = [formatAddress(address)];
  return kind === 'attach'
    ? { attached: list }
    : kind === 'detach'
      ? { detached: list }
      : { attached: list, detached: list };
}
