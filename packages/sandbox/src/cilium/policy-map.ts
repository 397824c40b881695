import { cidrContains, prefixOfCidr } from '../stand-in/addresses.ts';

/** What an entry of the policy map says of packets from one pod to one CIDR. */
export type PolicyMapValue =
  /** An excluded CIDR: as if there were no policy. */
  | { readonly kind: 'excluded' }
  /** No gateway: dropped where they start. */
  | { readonly kind: 'no-gateway' }
  /** To this node; there, from this address, or dropped when it is undefined. */
  | { readonly kind: 'gateway'; readonly address: string; readonly egressIP?: string };

/** An entry of the policy map. */
export interface PolicyMapEntry {
  readonly source: string;
  readonly destination: string;
  readonly value: PolicyMapValue;
}

/** The key of an entry. */
export function policyMapKey(source: string, destination: string): string {
  return `${source} ${destination}`;
}

/** A node's egress policy map of one family: a bounded trie in which the longest prefix wins. */
export class PolicyMap {
  readonly #size: number;
  readonly #bySource = new Map<string, Map<string, PolicyMapValue>>();
  #entries = 0;

  /** @param size entries that it holds at most: `egress-gateway-policy-map-max` */
  constructor(size: number) {
    this.#size = size;
  }

  /** How many entries it holds. */
  get entries(): number {
    return this.#entries;
  }

  /** All entries as they are now, by {@link policyMapKey}. */
  snapshot(): Map<string, PolicyMapEntry> {
    const all = new Map<string, PolicyMapEntry>();
    for (const [source, values] of this.#bySource) {
      for (const [destination, value] of values)
        all.set(policyMapKey(source, destination), { source, destination, value });
    }
    return all;
  }

  /** Writes an entry, in place where there is one. @returns false when the map is full */
  update({ source, destination, value }: PolicyMapEntry): boolean {
    const values = this.#bySource.get(source) ?? new Map<string, PolicyMapValue>();
    if (!values.has(destination)) {
      if (this.#entries >= this.#size) return false;
      this.#entries++;
    }
    values.set(destination, value);
    this.#bySource.set(source, values);
    return true;
  }

  delete({ source, destination }: PolicyMapEntry): void {
    const values = this.#bySource.get(source);
    if (!values?.delete(destination)) return;
    this.#entries--;
    if (values.size === 0) this.#bySource.delete(source);
  }

  /** The entry for a packet, by the longest prefix; undefined when none is for it. */
  lookup(source: string, destination: string): PolicyMapValue | undefined {
    let best: { readonly prefix: number; readonly value: PolicyMapValue } | undefined;
    for (const [cidr, value] of this.#bySource.get(source) ?? []) {
      const prefix = prefixOfCidr(cidr);
      if (cidrContains(cidr, destination) && (best === undefined || prefix > best.prefix)) best = { prefix, value };
    }
    return best?.value;
  }
}
