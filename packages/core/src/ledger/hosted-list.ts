import { countBefore } from '../address/count-before.ts';
import type { HostedAddress, HostFacts } from '../network-contract/facts.ts';
import type { AddressLedger } from './address-ledger.ts';
import { IndexColumn } from './index-column.ts';
import type { HostedIndex, NodeIndex, Slot } from './indexes.ts';
import type { NodeNames } from './node-names.ts';

const none: readonly never[] = [];

/** One address that an object hosts. */
export interface HostedEntry {
  readonly host: HostFacts;
  readonly entry: HostedAddress;
}

/**
 * Everything that the network's objects host, numbered through in their order. What a plan asks of all of it again and
 * again stands in columns; the entries themselves are looked at once.
 */
export class HostedList {
  readonly size: number;
  readonly #hosts: readonly HostFacts[];
  /** By object: the number of its first address. */
  readonly #starts: Int32Array;
  readonly #slots: Int32Array;
  readonly #nodes: IndexColumn<NodeIndex>;
  readonly #isOurs: Uint8Array;

  constructor(hosts: readonly HostFacts[], names: NodeNames, ledger: AddressLedger) {
    this.#hosts = hosts;
    this.#starts = startsOf(hosts);
    this.size = hosts.reduce((sum, { hosted }) => sum + hosted.length, 0);
    this.#slots = new Int32Array(this.size);
    this.#nodes = new IndexColumn(this.size);
    this.#isOurs = new Uint8Array(this.size);
    let index = 0;
    let name: string | undefined;
    let node: NodeIndex | undefined;
    for (let position = 0; position < hosts.length; position += 1) {
      const hosted = hosts[position]?.hosted ?? none;
      for (let order = 0; order < hosted.length; order += 1) {
        const entry = hosted.at(order);
        if (entry === undefined) continue;
        this.#slots[index] = ledger.slotOf(entry.address);
        this.#isOurs[index] = entry.ours ? 1 : 0;
        if (entry.state !== 'recorded') {
          if (entry.node !== name || node === undefined) node = names.indexOfHost((name = entry.node));
          this.#nodes.set(index, node);
        }
        index += 1;
      }
    }
  }

  /** The slot of an entry's address. */
  slotAt(index: number): Slot {
    return this.#slots[index] as Slot;
  }

  /** The node that has an entry's address, or may have it; undefined where it is only on record there. */
  nodeAt(index: number): NodeIndex | undefined {
    return this.#nodes.at(index);
  }

  /** Whether this project put an entry's address there. */
  isOursAt(index: number): boolean {
    return this.#isOurs[index] === 1;
  }

  /** The entry of a number. */
  at(index: HostedIndex): HostedEntry {
    const position = countBefore(this.#starts.length, (host) => (this.#starts[host] ?? 0) <= index) - 1;
    const host = this.#hosts[position];
    const entry = host?.hosted.at(index - (this.#starts[position] ?? 0));
    if (host === undefined || entry === undefined) throw new RangeError(`no hosted address has the number ${index}`);
    return { host, entry };
  }

  /** The entries that are so, in their order. */
  filter(isSo: (index: number) => boolean): readonly HostedEntry[] {
    const found: HostedEntry[] = [];
    for (let index = 0; index < this.size; index += 1) if (isSo(index)) found.push(this.at(index as HostedIndex));
    return found;
  }
}

function startsOf(hosts: readonly HostFacts[]): Int32Array {
  const starts = new Int32Array(hosts.length);
  let count = 0;
  for (let position = 0; position < hosts.length; position += 1) {
    starts[position] = count;
    count += hosts[position]?.hosted.length ?? 0;
  }
  return starts;
}
