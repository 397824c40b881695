import { readNetworkInterface, withAddressesOf, type Ec2NetworkInterface } from './network-interface.ts';
import { items, type XmlElement } from './xml.ts';

/** How old a stale answer is: changes of addresses that it does not know yet. */
export type Staleness = { readonly mutations: number } | { readonly milliseconds: number };

/** What interfaces had before each change of addresses, so that a describe can answer as if it had not happened yet. */
export class AddressHistory {
  readonly #now: () => number;
  readonly #changes: { readonly at: number; readonly before: readonly Ec2NetworkInterface[] }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  record(before: readonly Ec2NetworkInterface[]): void {
    if (before.length > 0) this.#changes.push({ at: this.#now(), before });
  }

  /** The list items of a DescribeNetworkInterfaces or DescribeInstances answer, with the addresses of so long ago. */
  asOf(staleness: Staleness, list: readonly XmlElement[]): XmlElement[] {
    const past = this.#past(staleness);
    const interfaceThen = (item: XmlElement): XmlElement => {
      const then = past.get(readNetworkInterface(item).networkInterfaceId);
      return then ? withAddressesOf(then, item) : item;
    };
    const each = (element: XmlElement, name: string, change: (item: XmlElement) => XmlElement): XmlElement =>
      name in element ? { ...element, [name]: { item: items(element, name).map(change) } } : element;
    const instanceThen = (instance: XmlElement): XmlElement => each(instance, 'networkInterfaceSet', interfaceThen);
    return list.map((item) =>
      'instancesSet' in item ? each(item, 'instancesSet', instanceThen) : interfaceThen(item),
    );
  }

  #past(staleness: Staleness): Map<string, Ec2NetworkInterface> {
    const unknown =
      'mutations' in staleness
        ? lastOf(this.#changes, staleness.mutations)
        : this.#changes.filter(({ at }) => at > this.#now() - staleness.milliseconds);
    // The oldest change says what was there before all of them.
    return new Map(
      unknown
        .toReversed()
        .flatMap(({ before }) =>
          before.map((networkInterface) => [networkInterface.networkInterfaceId, networkInterface] as const),
        ),
    );
  }
}

function lastOf<T>(list: readonly T[], count: number): T[] {
  return count > 0 ? list.slice(-count) : [];
}
