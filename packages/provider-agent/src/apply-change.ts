import type { AddressResult, EgressNode } from '@egressip-ipam/agent';
import {
  cidrContains,
  parseAddress,
  parseCidr,
  type ProviderChange,
  type ProviderErrorDescription,
} from '@egressip-ipam/core';
import { believedOf, isFenced, nodesByMAC, ownAddresses } from './agents-view.ts';
import { failure } from './failure.ts';
import { fenceAgent, type FenceParts } from './fence-agent.ts';
import { isSilent, timingsOfLease } from './silence.ts';
import type { WishWriter } from './wish-writer.ts';

/** What a change needs. */
export interface ChangeParts extends FenceParts {
  readonly wishes: WishWriter;
}

/** How long a node may take to report. */
const patience = 10_000;

/**
 * Carries out one change.
 *
 * @returns what stands against it; undefined when it is done
 * @throws ApiError or TransportError
 */
export async function applyChange(
  change: ProviderChange,
  parts: ChangeParts,
  signal: AbortSignal,
): Promise<ProviderErrorDescription | undefined> {
  const { address, node } = change;
  if (change.type === 'detach') {
    if (ownAddresses(parts.view.node(node.name)).includes(address))
      return failure('permanent', `${address} is an address of node ${node.name} itself and stays there`);
    return (await vacate(address, node.name, parts, signal)).error;
  }
  const unclear = await settleUnreported(change, parts, signal);
  if (unclear !== undefined) return unclear;
  const refused = refusal(change, parts);
  if (refused !== undefined) return refused;
  const isMove = change.type === 'move' && change.from.name !== node.name;
  const vacated = isMove ? await vacate(address, change.from.name, parts, signal) : undefined;
  if (vacated?.error !== undefined) return vacated.error;
  for (const other of leftBehind(address, node.name, parts)) {
    const { error } = await vacate(address, other, parts, signal);
    if (error !== undefined) return error;
  }
  return occupy(
    address,
    node.name,
    vacated?.isConfirmed === true && change.type === 'move' ? change.from.name : undefined,
    parts,
    signal,
  );
}

/** What agents carry whose EgressNodes were deleted nobody can read: they report anew, or hold nothing any more. */
async function settleUnreported(
  { address, node: { name: target } }: ProviderChange,
  parts: ChangeParts,
  signal: AbortSignal,
): Promise<ProviderErrorDescription | undefined> {
  const { view, rest } = parts;
  for (const node of view.unreported(address).filter((name) => name !== target)) {
    const isSettled = (): boolean => !view.unreported(address).includes(node);
    const ended = AbortSignal.any([signal, AbortSignal.timeout(limitOf(node, parts))]);
    // Without its Lease it has no more than its time: it may be gone for good, and is not waited for any longer.
    while (!ended.aborted && !isSettled() && view.sightings.lease(node) === undefined)
      await view.next(rest.clock.monotonic() + 250, ended);
    if (!isSettled() && !(await fenceAgent(node, parts, isSettled, ended)) && !isSettled())
      return failure(
        'transient',
        `node ${node} may carry ${address} still: its EgressNode was deleted, its agent does not report, and it cannot be fenced yet`,
      );
  }
  return undefined;
}

/** What is against it before anything is done. */
function refusal(
  change: Exclude<ProviderChange, { type: 'detach' }>,
  { view, rest }: ChangeParts,
): ProviderErrorDescription | undefined {
  const { address, node } = change;
  const target = view.node(node.name);
  if (target === undefined)
    return failure('not-found', `no agent has reported from node ${node.name}; check that its pod runs there`);
  const from = change.type === 'move' ? change.from.name : undefined;
  if (change.type === 'move' && view.node(change.from.name) === undefined && !hasLease(change.from.name, view)) {
    return failure('not-found', `no agent has reported from node ${change.from.name}; check that its pod runs there`);
  }
  for (const other of view.all) {
    if (ownAddresses(other).includes(address)) {
      // Somebody put there what we had put there already: it is taken from there when its node fails, and only then.
      if (other.name === from && other.wishes.some((wish) => wish.address === address)) {
        if (isSilent(from, view, rest.clock.monotonic())) continue;
        return failure('transient', twice(address, from));
      }
      const errorClass = other.name === node.name || other.name === from ? 'permanent' : 'conflict';
      return failure(errorClass, `${address} is an address of node ${other.name} itself; choose another address`);
    }
    const isElsewhere = other.name !== node.name && other.name !== from;
    if (isElsewhere && carries(other, address, view))
      return failure(
        'conflict',
        `${address} is in use by node ${other.name}; move it from there, or choose another address`,
      );
  }
  const subnets = target.status.interfaces.flatMap(({ subnets: some }) => some);
  const parsed = parseAddress(address);
  const fits =
    parsed !== undefined &&
    subnets.some((text) => {
      const cidr = parseCidr(text)?.cidr;
      return cidr !== undefined && cidrContains(cidr, parsed);
    });
  return fits
    ? undefined
    : failure(
        'permanent',
        `${address} is in no subnet of node ${node.name} (${subnets.join(', ')}); choose an address from there`,
      );
}

function twice(address: string, node: string): string {
  return `${address} is on node ${node} a second time, put there by somebody else, and would stay there; take that off the node`;
}

function hasLease(node: string, view: ChangeParts['view']): boolean {
  return view.sightings.of(node) !== undefined;
}

/** Whether a node has an address, or is to have it and can. */
function carries(node: EgressNode, address: string, view: ChangeParts['view']): boolean {
  return (
    !isFenced(node.name, view) &&
    (node.wishes.some((wish) => wish.address === address) || believedOf(node, view).includes(address))
  );
}

/**
 * Nodes that may take an address although nobody wants that: fenced ones that are asked for it still, if they came
 * back; and those that have said something of it and not read yet that they are asked no more, such as one that found a
 * duplicate, once that is gone.
 */
function leftBehind(address: string, node: string, { view }: ChangeParts): readonly string[] {
  const others = view.all.filter(({ name, generation, wishes, status }) => {
    if (name === node) return false;
    if (wishes.some((wish) => wish.address === address)) return isFenced(name, view);
    return status.observedGeneration < generation && status.addresses.some((result) => result.address === address);
  });
  return others.map(({ name }) => name);
}

/** Has a node let go of an address: it confirms that, or its agent is fenced. */
async function vacate(
  address: string,
  node: string,
  parts: ChangeParts,
  signal: AbortSignal,
): Promise<{ readonly isConfirmed: boolean; readonly error?: ProviderErrorDescription }> {
  const { view, wishes } = parts;
  const written = await wishes.write(node, { type: 'remove', address });
  if (written === undefined && !hasLease(node, view)) return { isConfirmed: false };
  const isOff = (): boolean => {
    const current = view.node(node);
    return (
      current !== undefined &&
      written !== undefined &&
      isReported(current, written.generation) &&
      !current.status.addresses.some((result) => result.address === address)
    );
  };
  const isLeftBehind = (): boolean => ownAddresses(view.node(node)).includes(address);
  const isGone = (): boolean => isOff() && !isLeftBehind();
  const limit = limitOf(node, parts);
  const ended = AbortSignal.any([signal, AbortSignal.timeout(limit)]);
  const wasFenced = await fenceAgent(node, parts, isOff, ended);
  if (isGone()) return { isConfirmed: true };
  if (isOff()) return { isConfirmed: false, error: failure('transient', twice(address, node)) };
  // Should it come back, it reads its wishes anew, which were written before it was seen to be fenced.
  if (wasFenced) return { isConfirmed: false };
  return {
    isConfirmed: false,
    error: failure(
      'transient',
      `node ${node} does not say that it let go of ${address}, and cannot be fenced yet: fewer than half of the agents answer, or its time is not over`,
    ),
  };
}

function limitOf(node: string, { view }: ChangeParts): number {
  const { term, margin } = timingsOfLease(view.sightings.lease(node));
  return term + margin + patience;
}

/** Not by a report about wishes that are still to come: it is of a history that the server lost with a set-back. */
function isReported({ generation: newest, status }: EgressNode, generation: number): boolean {
  return status.observedGeneration >= generation && status.observedGeneration <= newest;
}

/** Has a node take an address, and waits for what comes of it. */
async function occupy(
  address: string,
  node: string,
  vacatedBy: string | undefined,
  parts: ChangeParts,
  signal: AbortSignal,
): Promise<ProviderErrorDescription | undefined> {
  const { view, wishes, rest } = parts;
  const reason =
    vacatedBy === undefined ? 'it was placed on this node' : `it moves here from node ${vacatedBy}, which let go of it`;
  const written = await wishes.write(node, {
    type: 'add',
    wish: { address, reason, ...(vacatedBy === undefined ? {} : { vacatedBy }) },
  });
  if (written === undefined)
    return failure('not-found', `no agent has reported from node ${node}; check that its pod runs there`);
  const end = rest.clock.monotonic() + patience;
  const give = async (description: ProviderErrorDescription): Promise<ProviderErrorDescription> => {
    await wishes.write(node, { type: 'remove', address });
    return description;
  };
  while (!signal.aborted && rest.clock.monotonic() < end) {
    const current = view.node(node);
    const result =
      current !== undefined && isReported(current, written.generation)
        ? current.status.addresses.find((one) => one.address === address)
        : undefined;
    if (result?.state === 'Held') return undefined;
    const against = result === undefined ? undefined : objection(result, node, view);
    if (against !== undefined) return give(against);
    await view.next(end, signal);
  }
  return failure('unknown', `node ${node} was asked to take ${address} and has not reported that it did; look again`);
}

function objection(
  { address, state, duplicateMAC, message = '' }: AddressResult,
  node: string,
  view: ChangeParts['view'],
): ProviderErrorDescription | undefined {
  switch (state) {
    case 'Duplicate': {
      // Its time on a node that was cut off is not over: no reason to give the namespace another address.
      const holder = duplicateMAC === undefined ? undefined : nodesByMAC(view).get(duplicateMAC);
      if (holder !== undefined)
        return failure('transient', `node ${holder} answers for ${address} still; it is taken once that node lets go`);
      return failure(
        'conflict',
        `the machine with MAC address ${duplicateMAC ?? 'unknown'} answers for ${address} on the network of node ${node}; choose another address, or stop it`,
      );
    }
    case 'Foreign':
      return failure(
        'conflict',
        `${address} is on node ${node} already, put there by somebody else; choose another address`,
      );
    case 'NoInterface':
      return failure(
        'permanent',
        `node ${node} cannot carry ${address}: ${message}; choose an address from a subnet of it`,
      );
    case 'Failed':
      return failure('transient', `node ${node} could not take ${address}: ${message}`);
    case 'Held':
    case 'Probing':
    case 'Unknown':
      return undefined;
  }
}
