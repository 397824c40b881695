import type { Address, NetworkView } from '@egressip-ipam/core';
import type { ParsedEgressIP } from '../facts/parse-egress-ip.ts';

const none: readonly never[] = [];

/** Tells what carries traffic: an EgressIP that is there and selects the namespace, and a node that is Ready. */
export class Carriers {
  readonly #ready = new Set<string>();

  constructor({ nodes }: NetworkView) {
    for (const { name, ready } of nodes) if (ready) this.#ready.add(name);
  }

  /** Those of some addresses that carry nothing of a namespace by its EgressIP. */
  missingOf(
    namespace: string,
    addresses: readonly Address[],
    egressIP: ParsedEgressIP | undefined,
  ): readonly Address[] {
    if (egressIP === undefined || !selectsAllOf(egressIP, namespace)) return addresses;
    let missing: Address[] | undefined;
    for (let index = 0; index < addresses.length; index += 1) {
      const address = addresses[index];
      if (address === undefined || this.#isCarried(egressIP, address, index)) continue;
      if (missing === undefined) missing = [address];
      else missing.push(address);
    }
    return missing ?? none;
  }

  #isCarried({ hosted }: ParsedEgressIP, address: Address, hint: number): boolean {
    // Mostly status and spec have one order.
    const likely = hosted[hint];
    const entry = likely?.address === address ? likely : hosted.find((candidate) => candidate.address === address);
    return entry !== undefined && this.#ready.has(entry.node);
  }

  /** Whether a node is there and Ready. */
  isReady(node: string): boolean {
    return this.#ready.has(node);
  }
}

/** Whether an EgressIP selects all pods of a namespace, and is there to stay. */
export function selectsAllOf({ selected, source }: ParsedEgressIP, namespace: string): boolean {
  return selected === namespace && source.podSelector === undefined && source.deletedAt === undefined;
}
