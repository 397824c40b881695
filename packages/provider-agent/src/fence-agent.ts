import { agentLeaseName, markedLease, nextFenceStep, readAgentLease } from '@egressip-ipam/agent';
import { isAlreadyExists, isConflict, isNotFound, leases, ResourceClient, type RestClient } from '@egressip-ipam/kube';
import type { ClusterView } from './cluster-view.ts';
import type { RosterWriter } from './roster-writer.ts';
import { timingsOfLease } from './silence.ts';

/** What fencing needs. */
export interface FenceParts {
  readonly rest: RestClient;
  readonly namespace: string;
  readonly view: ClusterView;
  readonly rosters: RosterWriter;
}

/**
 * Makes sure that the agent of a node holds nothing, by taking its Lease away once its time is over.
 *
 * @returns true when it is fenced; false when `isSettled` said meanwhile that there is no need, or the signal ended it
 * @throws ApiError or TransportError when the API server refuses or does not answer
 */
export async function fenceAgent(
  node: string,
  parts: FenceParts,
  isSettled: () => boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const { rest, namespace, view, rosters } = parts;
  const client = new ResourceClient(rest, leases);
  while (!signal.aborted && !isSettled()) {
    const target = view.sightings.of(node);
    if (target === undefined) {
      // A Lease that was deleted before we began to read was held for no longer than this.
      const { term, margin } = timingsOfLease(undefined);
      if (rest.clock.monotonic() >= view.startedAt + term + margin) return mark(client, node, namespace, undefined);
      await view.next(view.startedAt + term + margin, signal);
      continue;
    }
    const timings = timingsOfLease(view.sightings.lease(node));
    const step = nextFenceStep(target, view.sightings.all, view.roster, rest.clock.monotonic(), timings);
    switch (step.kind) {
      case 'fenced':
        if (await isFencedStill(client, node, parts)) return true;
        break;
      case 'ask':
        await rosters.ask();
        break;
      case 'mark':
        if (await mark(client, node, namespace, view.sightings.lease(node)?.resourceVersion)) return true;
        await view.next(rest.clock.monotonic() + 100, signal);
        break;
      case 'wait':
        await view.next(step.until, signal);
        break;
    }
  }
  return false;
}

/** The agent may be back, and we not have seen it yet: what the server has now counts. */
async function isFencedStill(
  client: ResourceClient,
  node: string,
  { namespace, view, rest }: FenceParts,
): Promise<boolean> {
  const name = { name: agentLeaseName(node), namespace };
  const found = await client.get(name, { immediate: true }).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  if (found === undefined) return mark(client, node, namespace, undefined);
  const lease = readAgentLease(found);
  if (lease !== undefined) view.sightings.note(lease, rest.clock.monotonic());
  return lease?.holder === undefined;
}

/** Takes the Lease away at the version that was seen; false when the agent has written since, and so is alive. */
async function mark(
  client: ResourceClient,
  node: string,
  namespace: string,
  resourceVersion: string | undefined,
): Promise<boolean> {
  const name = { name: agentLeaseName(node), namespace };
  try {
    if (resourceVersion === undefined) {
      // It was deleted: one that nobody holds takes its place, or the agent's own is there again.
      const isMade = await client.create({ metadata: name, spec: { holderIdentity: '' } }).then(
        () => true,
        (error: unknown) => {
          if (isAlreadyExists(error)) return false;
          throw error;
        },
      );
      // There may be one from when another address was taken from that node.
      return isMade || readAgentLease(await client.get(name, { immediate: true }))?.holder === undefined;
    }
    const found = await client.get(name, { immediate: true });
    if (found.metadata.resourceVersion !== resourceVersion) return readAgentLease(found)?.holder === undefined;
    await client.replace(markedLease(found), { immediate: true });
    return true;
  } catch (error) {
    if (isConflict(error) || isNotFound(error)) return false;
    throw error;
  }
}
