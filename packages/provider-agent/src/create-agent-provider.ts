import { ProviderError, type CloudProvider, type ProviderChange, type ProviderChangeResult } from '@egressip-ipam/core';
import { firstFew } from '@egressip-ipam/core/plugin';
import { reasonOf, type RestClient } from '@egressip-ipam/kube';
import { applyChange } from './apply-change.ts';
import { ClusterView } from './cluster-view.ts';
import { description } from './description.ts';
import { elsewhere } from './elsewhere.ts';
import { failure } from './failure.ts';
import { observeAgents } from './observe-agents.ts';
import { RosterWriter } from './roster-writer.ts';
import { shouldAsk, timingsOfLease } from './silence.ts';
import { WishWriter } from './wish-writer.ts';

/** So many nodes are named where there may be many. */
const mostNamed = 10;

/** What the provider needs of its cluster. */
export interface AgentProviderOptions {
  /** Its clock is the one that fencing goes by. */
  readonly rest: RestClient;
  /** The operator's namespace, where the Leases of the agents and their roster are. */
  readonly namespace: string;
  /** The roster is not written: nothing is going to be moved from here. */
  readonly looksOnly?: boolean;
  /** Told of trouble in reading; reading goes on. */
  readonly onError?: (error: unknown) => void;
  /** Told of what it waits for, in words for people. */
  readonly onNotice?: (notice: string) => void;
}

/**
 * The provider that puts addresses into the kernels of egress nodes. Its platform is the agents: wishes and results
 * travel in one EgressNode per node. An address goes to a node only after the one that had it has confirmed that it let
 * go, or is fenced.
 */
export function createAgentProvider({
  rest,
  namespace,
  looksOnly = false,
  onError = () => undefined,
  onNotice = () => undefined,
}: AgentProviderOptions): CloudProvider {
  const view: ClusterView = new ClusterView(rest, namespace, onError, onNotice, (now) => {
    if (!looksOnly && shouldAsk(view, now)) rosters.ask().catch(onError);
  });
  const rosters = new RosterWriter(rest, namespace, view);
  const parts = { rest, namespace, view, rosters, wishes: new WishWriter(rest, view) };
  let started: Promise<void> | undefined;
  let seen = 0;
  const start = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    started ??= view.start().then(() => {
      if (view.forgotten.length > 0 && !looksOnly) onNotice(forgottenNotice(view.forgotten));
    });
    await Promise.race([
      started,
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
      ),
    ]);
    if (!looksOnly) await rosters.keep();
  };
  return {
    ...description,
    async observe({ nodes, cidrs, signal }) {
      await start(signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw new ProviderError(failure('transient', `the agents cannot be read: ${reasonOf(error)}`), {
          cause: error,
        });
      });
      seen = view.news;
      const now = rest.clock.monotonic();
      const error = looksOnly ? elsewhere(view, namespace) : undefined;
      const observation = observeAgents(view, { nodes, cidrs }, now);
      return error === undefined
        ? observation
        : { ...observation, nodes: nodes.map(({ name }) => ({ node: name, error })) };
    },
    async apply({ changes, signal }) {
      const lanes = new Map<string, Promise<unknown>>();
      const begun = start(signal);
      begun.catch(() => undefined);
      return Promise.all(
        changes.map((change) => {
          // One lane per address: what is asked for it first is done first.
          const result = (lanes.get(change.address) ?? begun).then(
            () => settle(change),
            (error: unknown): ProviderChangeResult =>
              signal.aborted
                ? cutShort(change)
                : { change, outcome: 'failed', error: failure('transient', reasonOf(error)) },
          );
          lanes.set(change.address, result);
          return result;
        }),
      );

      async function settle(change: ProviderChangeResult['change']): Promise<ProviderChangeResult> {
        if (signal.aborted) return cutShort(change);
        try {
          const error = await applyChange(change, parts, signal);
          return error === undefined ? { change, outcome: 'done' } : { change, outcome: 'failed', error };
        } catch (error) {
          return {
            change,
            outcome: 'failed',
            error: failure(
              'unknown',
              `${change.type} of ${change.address} (node ${change.node.name}): ${reasonOf(error)}`,
            ),
          };
        }
      }
    },
    async changed(signal) {
      while (!signal.aborted && view.news === seen) await view.next(undefined, signal);
    },
    close: () => view.stop(),
  };
}

function forgottenNotice(nodes: readonly string[]): string {
  const { term, margin } = timingsOfLease(undefined);
  return `nobody knows what nodes ${firstFew(nodes, mostNamed)} carry, whose EgressNodes are not there: no node is given an address before they report or their time is over, some ${(term + margin) / 1_000} s`;
}

function cutShort(change: ProviderChange): ProviderChangeResult {
  return {
    change,
    outcome: 'failed',
    error: failure('unknown', `${change.type} of ${change.address} was cut short; look again`),
  };
}
