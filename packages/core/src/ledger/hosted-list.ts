import type { HostedAddress, HostFacts } from '../network-contract/facts.ts';
import type { HostedIndex } from './indexes.ts';

/** Everything that the network's objects host, numbered through in their order. */
export class HostedList {
  readonly #hosts: readonly HostFacts[];
  /** By object: the number of its first address. */
  readonly #starts: Int32Array;

  constructor(hosts: readonly HostFacts[]) {
    this.#hosts = hosts;
    this.#starts = new Int32Array(hosts.length);
    let count = 0;
    for (let position = 0; position < hosts.length; position += 1) {
      this.#starts[position] = count;
      count += hosts[position]?.hosted.length ?? 0;
    }
  }

  /** The entry of a number. */
  at(index: HostedIndex): HostedAddress | undefined {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return this.#hosts[low]?.hosted[index - (this.#starts[low] ?? 0)];
  }
}
