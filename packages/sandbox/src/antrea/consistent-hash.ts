import { crc32 } from 'node:zlib';

const replicas = 50;

/** Antrea's ring of nodes (`pkg/agent/consistenthash`): each node 50 times, by CRC-32. */
export class ConsistentHash {
  readonly #ring: readonly { readonly hash: number; readonly node: string }[];

  constructor(nodes: Iterable<string>) {
    // Of two that meet in one point, the later stays.
    const byHash = new Map<number, string>();
    for (const node of nodes) for (let index = 0; index < replicas; index++) byHash.set(crc32(`${index}${node}`), node);
    this.#ring = [...byHash].map(([hash, node]) => ({ hash, node })).sort((left, right) => left.hash - right.hash);
  }

  /** The first node from the key's point on that is accepted; undefined when none is. */
  nodeOf(key: string, accepts: (node: string) => boolean = () => true): string | undefined {
    const point = crc32(key);
    const start = this.#ring.findIndex(({ hash }) => hash >= point);
    const fromPoint = start < 0 ? this.#ring : [...this.#ring.slice(start), ...this.#ring.slice(0, start)];
    return fromPoint.find(({ node }) => accepts(node))?.node;
  }
}
