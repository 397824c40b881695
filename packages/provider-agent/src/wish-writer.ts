import { egressNodes, readEgressNode, type EgressNode, type Wish } from '@egressip-ipam/agent';
import { asRecord } from '@egressip-ipam/core/plugin';
import { isConflict, isNotFound, ResourceClient, type RestClient } from '@egressip-ipam/kube';
import type { ClusterView } from './cluster-view.ts';

/** A change of the wishes for a node. */
export type WishChange =
  { readonly type: 'add'; readonly wish: Wish } | { readonly type: 'remove'; readonly address: string };

interface Waiting {
  readonly change: WishChange;
  readonly resolve: (node: EgressNode | undefined) => void;
  readonly reject: (error: unknown) => void;
}

const attempts = 5;

/** Writes wishes: one write per node at a time, with all that came while the one before was under way. */
export class WishWriter {
  readonly #nodes: ResourceClient;
  readonly #view: ClusterView;
  readonly #lanes = new Map<string, Waiting[]>();

  constructor(rest: RestClient, view: ClusterView) {
    this.#nodes = new ResourceClient(rest, egressNodes);
    this.#view = view;
  }

  /** Resolves with the object as it is then; undefined when there is none. @throws ApiError or TransportError */
  write(node: string, change: WishChange): Promise<EgressNode | undefined> {
    return new Promise((resolve, reject) => {
      const waiting = { change, resolve, reject };
      const lane = this.#lanes.get(node);
      if (lane !== undefined) {
        lane.push(waiting);
        return;
      }
      this.#lanes.set(node, [waiting]);
      // What is asked for in one go is written in one go.
      queueMicrotask(() => void this.#run(node));
    });
  }

  async #run(node: string): Promise<void> {
    for (let lane = this.#lanes.get(node); lane !== undefined && lane.length > 0; lane = this.#lanes.get(node)) {
      const batch = lane.splice(0);
      try {
        const written = await this.#write(
          node,
          batch.map(({ change }) => change),
        );
        for (const { resolve } of batch) resolve(written);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#lanes.delete(node);
  }

  async #write(name: string, changes: readonly WishChange[]): Promise<EgressNode | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        const found = await this.#nodes.get({ name });
        const current = readEgressNode(found);
        const wishes = changed(current.wishes, changes);
        if (JSON.stringify(wishes) === JSON.stringify(current.wishes)) return current;
        const written = await this.#nodes.replace({
          ...found,
          spec: { ...asRecord(found['spec']), addresses: wishes },
        });
        this.#view.nodes.store.upsertFromResponse(written);
        return readEgressNode(written);
      } catch (error) {
        if (isNotFound(error)) return undefined;
        if (!isConflict(error) || attempt === attempts) throw error;
      }
    }
  }
}

function changed(wishes: readonly Wish[], changes: readonly WishChange[]): readonly Wish[] {
  const byAddress = new Map(wishes.map((wish) => [wish.address, wish]));
  for (const change of changes) {
    if (change.type === 'remove') byAddress.delete(change.address);
    else if (!byAddress.has(change.wish.address)) byAddress.set(change.wish.address, change.wish);
  }
  return [...byAddress.values()].sort((one, other) => (one.address < other.address ? -1 : 1));
}
