import { Heap } from '../address/heap.ts';
import type { NodeGroup } from './node-group.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import type { NodeTable } from './node-table.ts';
import type { NodePart } from './subnet-nodes.ts';
import { sameInOrder } from '../parse/parse-lists.ts';

/** What nodes carry, and whether they can carry more. */
type Loads = Pick<NodeTable, 'relativeLoad' | 'hasRoom'>;

/** A node waiting for addresses, with its relative load when it was queued. */
interface Entry {
  readonly node: NodeIndex;
  readonly load: number;
}

/** Taking a node out of a queue and putting it back costs as much as a look at so many. */
const costOfPassing = 8;

/** Nodes by their load. */
interface Queue {
  readonly candidates: readonly NodeIndex[];
  readonly family: 4 | 6;
  readonly heap: Heap<Entry>;
}

/**
 * Picks the least loaded node of a group, ties by name (node indexes are in the
 * order of names). One heap per family for all groups of the same candidates; an entry
 * whose load is out of date is put back with the load of today when it comes up.
 */
export class LeastLoaded {
  readonly #nodes: Loads;
  readonly #heaps = new Map<string, Heap<Entry>>();
  /** Those of as many candidates, with the same first and last one: it may be the same queue. */
  readonly #queues = new Map<string, Queue[]>();
  /** By node: where it is a candidate. */
  #queuesOf: Map<NodeIndex, Queue[]> | undefined;

  constructor(nodes: Loads) {
    this.#nodes = nodes;
  }

  /**
   * The least loaded candidate with room that is acceptable; undefined when there is none.
   *
   * @param key of the candidates, see {@link nodesKey}
   * @param refused how many of the candidates are not acceptable, as far as that is known
   */
  pick(
    key: string,
    { candidates }: NodePart,
    family: 4 | 6,
    accept: (node: NodeIndex) => boolean,
    refused: number,
  ): NodeIndex | undefined {
    if (refused > candidates.length / costOfPassing) return this.#leastOf(candidates, family, accept);
    const heap = this.#heapOf(key, candidates, family);
    const passedOver: Entry[] = [];
    let picked: NodeIndex | undefined;
    for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
      const load = this.#nodes.relativeLoad(top.node, family);
      if (!this.#nodes.hasRoom(top.node, family)) continue;
      if (load > top.load) {
        heap.push({ node: top.node, load });
        continue;
      }
      passedOver.push(top);
      if (!accept(top.node)) continue;
      picked = top.node;
      break;
    }
    for (const entry of passedOver) heap.push(entry);
    return picked;
  }

  /** Looks at each, where the queue would bring up mostly nodes that are passed over. */
  #leastOf(
    candidates: readonly NodeIndex[],
    family: 4 | 6,
    accept: (node: NodeIndex) => boolean,
  ): NodeIndex | undefined {
    let least: NodeIndex | undefined;
    let leastLoad = Infinity;
    for (const node of candidates) {
      if (!this.#nodes.hasRoom(node, family)) continue;
      const load = this.#nodes.relativeLoad(node, family);
      if ((least !== undefined && load >= leastLoad) || !accept(node)) continue;
      [least, leastLoad] = [node, load];
    }
    return least;
  }

  /** A node has room again, or less load than it was queued with. */
  returned(node: NodeIndex): void {
    this.#queuesOf ??= this.#byNode();
    for (const { family, heap } of this.#queuesOf.get(node) ?? []) {
      // It may stand in the heap already, with a load that is too high: the better entry comes up first.
      heap.push({ node, load: this.#nodes.relativeLoad(node, family) });
    }
  }

  #byNode(): Map<NodeIndex, Queue[]> {
    const queuesOf = new Map<NodeIndex, Queue[]>();
    for (const alike of this.#queues.values()) for (const queue of alike) addTo(queuesOf, queue);
    return queuesOf;
  }

  #heapOf(key: string, candidates: readonly NodeIndex[], family: 4 | 6): Heap<Entry> {
    let heap = this.#heaps.get(key);
    if (heap === undefined) this.#heaps.set(key, (heap = this.#queueOf(candidates, family).heap));
    return heap;
  }

  #queueOf(candidates: readonly NodeIndex[], family: 4 | 6): Queue {
    const likeness = `${family}/${candidates.length}/${candidates[0] ?? ''}/${candidates.at(-1) ?? ''}`;
    const alike = this.#queues.get(likeness) ?? [];
    const known = alike.find((queue) => sameInOrder(queue.candidates, candidates));
    if (known !== undefined) return known;
    const heap = new Heap(comesBefore);
    for (const node of candidates) heap.push({ node, load: this.#nodes.relativeLoad(node, family) });
    const queue = { candidates, family, heap };
    this.#queues.set(likeness, [...alike, queue]);
    if (this.#queuesOf !== undefined) addTo(this.#queuesOf, queue);
    return queue;
  }
}

/** Names the nodes of a group that can carry an address, by their number and family. */
export function nodesKey(group: NodeGroup, part: NodePart, family: 4 | 6): string {
  return `${group.index}/${part.id}/${family}`;
}

function addTo(queuesOf: Map<NodeIndex, Queue[]>, queue: Queue): void {
  for (const node of queue.candidates) {
    const queues = queuesOf.get(node);
    if (queues === undefined) queuesOf.set(node, [queue]);
    else queues.push(queue);
  }
}

function comesBefore(a: Entry, b: Entry): boolean {
  return a.load < b.load || (a.load === b.load && a.node < b.node);
}
