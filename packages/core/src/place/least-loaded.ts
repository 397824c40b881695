import type { NodeGroup } from './node-group.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import type { NodeTable } from './node-table.ts';
import { sameInOrder } from '../parse/parse-lists.ts';

/** A node waiting for addresses, with its relative load when it was queued. */
interface Entry {
  readonly node: NodeIndex;
  readonly load: number;
}

/** Nodes by their load. */
interface Queue {
  readonly group: NodeGroup;
  readonly family: 4 | 6;
  readonly heap: Entry[];
}

/**
 * Picks the least loaded node of a group, ties by name (node indexes are in the
 * order of names). One heap per family for all groups of the same candidates; an entry
 * whose load is out of date is put back with the load of today when it comes up.
 */
export class LeastLoaded {
  readonly #nodes: NodeTable;
  readonly #heaps = new Map<number, Entry[]>();
  readonly #queues: Queue[] = [];

  constructor(nodes: NodeTable) {
    this.#nodes = nodes;
  }

  /** The least loaded candidate with room that is acceptable; undefined when there is none. */
  pick(group: NodeGroup, family: 4 | 6, accept: (node: NodeIndex) => boolean): NodeIndex | undefined {
    const heap = this.#heapOf(group, family);
    const passedOver: Entry[] = [];
    let picked: NodeIndex | undefined;
    for (let top = pop(heap); top !== undefined; top = pop(heap)) {
      const load = this.#nodes.relativeLoad(top.node, family);
      if (!this.#nodes.hasRoom(top.node, family)) continue;
      if (load > top.load) {
        push(heap, { node: top.node, load });
        continue;
      }
      passedOver.push(top);
      if (!accept(top.node)) continue;
      picked = top.node;
      break;
    }
    for (const entry of passedOver) push(heap, entry);
    return picked;
  }

  /** A node has room again, or less load than it was queued with. */
  returned(node: NodeIndex): void {
    for (const { group, family, heap } of this.#queues) {
      if (!group.isCandidate(node)) continue;
      // It may stand in the heap already, with a load that is too high: the better entry comes up first.
      push(heap, { node, load: this.#nodes.relativeLoad(node, family) });
    }
  }

  #heapOf(group: NodeGroup, family: 4 | 6): Entry[] {
    const key = group.index * 2 + (family === 4 ? 0 : 1);
    let heap = this.#heaps.get(key);
    if (heap === undefined) {
      heap = this.#sharedHeap(group, family) ?? this.#newHeap(group, family);
      this.#heaps.set(key, heap);
    }
    return heap;
  }

  #sharedHeap({ candidates }: NodeGroup, family: 4 | 6): Entry[] | undefined {
    return this.#queues.find((queue) => queue.family === family && sameInOrder(queue.group.candidates, candidates))
      ?.heap;
  }

  #newHeap(group: NodeGroup, family: 4 | 6): Entry[] {
    const heap: Entry[] = [];
    for (const node of group.candidates) push(heap, { node, load: this.#nodes.relativeLoad(node, family) });
    this.#queues.push({ group, family, heap });
    return heap;
  }
}

function comesBefore(a: Entry, b: Entry): boolean {
  return a.load < b.load || (a.load === b.load && a.node < b.node);
}

function push(heap: Entry[], entry: Entry): void {
  let child = heap.length;
  heap.push(entry);
  while (child > 0) {
    const parent = (child - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !comesBefore(entry, above)) break;
    heap[child] = above;
    child = parent;
  }
  heap[child] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let parent = 0;
  for (;;) {
    let child = 2 * parent + 1;
    const left = heap[child];
    if (left === undefined) break;
    const right = heap[child + 1];
    let least = left;
    if (right !== undefined && comesBefore(right, left)) {
      least = right;
      child += 1;
    }
    if (!comesBefore(least, last)) break;
    heap[parent] = least;
    parent = child;
  }
  heap[parent] = last;
  return top;
}
