import type { EgressNode } from '@egressip-ipam/agent/objects';

/** Milliseconds for which a node may bring what was there before we looked: it finds its server again in seconds. */
const settling = 60_000;

/** Milliseconds at most for which a node has something once it has read that it is to let go; terms are of seconds. */
const mostWaited = 300_000;

interface Known {
  /** When it was first seen, seen set back, or seen again after wishes that nobody here saw. */
  since: number;
  /** Since when it says that it has read what it is to carry now. */
  readSince: number | undefined;
  /** What it may have although nobody asks for it, and since when nobody does. */
  readonly left: Map<string, number>;
}

/**
 * What nodes may have still of what nobody asks them to carry. A real agent has nothing but what it was once asked for,
 * and the kernel ends that within a term of its having read that it is asked for no more. A node that was broken into
 * may name anything, and would keep all free addresses from others.
 */
export class Strays {
  readonly #known = new Map<string, Known>();

  /** An EgressNode as it is now and was before. */
  note(node: EgressNode, previous: EgressNode | undefined, now: number): void {
    // A server that was set back, and a watch that was away, did not show what was asked for and taken back meanwhile.
    const follows = previous !== undefined && [0, 1].includes(node.generation - previous.generation);
    const known = this.#known.get(node.name) ?? { since: now, readSince: undefined, left: new Map<string, number>() };
    this.#known.set(node.name, known);
    if (!follows) known.since = now;
    const wished = new Set(node.wishes.map(({ address }) => address));
    const said = new Set(node.status.addresses.map(({ address }) => address));
    const hasRead = node.status.observedGeneration === node.generation;
    if (!hasRead || node.generation !== previous?.generation) known.readSince = undefined;
    if (hasRead) known.readSince ??= now;
    const former = previous?.wishes.map(({ address }) => address) ?? [];
    for (const address of now - known.since <= settling ? [...former, ...said] : former)
      if (!known.left.has(address)) known.left.set(address, now);
    for (const address of known.left.keys())
      if (wished.has(address) || (hasRead && !said.has(address))) known.left.delete(address);
  }

  /** An EgressNode that is gone. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  /** Whether a node may have what it says and nobody asks for; `waited`: its term and what is waited beyond it. */
  mayHave(name: string, address: string, waited: number, now: number): boolean {
    const known = this.#known.get(name);
    if (known === undefined) return true;
    const left = known.left.get(address);
    if (left === undefined) return false;
    return known.readSince === undefined || now - Math.max(left, known.readSince) <= Math.min(waited, mostWaited);
  }
}
