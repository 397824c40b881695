import { type Address, type AddressRange, type BindingFacts, type ObjectReference } from '@egressip-ipam/core';
import { canonicalTexts, parseAddresses, rangesIn } from '@egressip-ipam/core/plugin';
import type { NetNamespaceEntry } from '../kinds/net-namespace.ts';

const none: readonly never[] = [];

/** A NetNamespace with its addresses parsed: what a namespace's traffic is bound to. */
export class ParsedNetNamespace implements BindingFacts {
  readonly name: string;
  readonly addresses: readonly Address[];
  readonly texts: readonly string[] | undefined;
  readonly unconfirmed: readonly Address[];
  readonly netid: number | undefined;
  /** What it names, where it is too long to be read whole; it is never written then. */
  readonly others: readonly AddressRange[] | undefined;

  constructor(source: NetNamespaceEntry) {
    this.name = source.name;
    this.addresses = parseAddresses(source.egressIPs);
    this.texts = canonicalTexts(source.egressIPs, this.addresses);
    this.unconfirmed = source.unconfirmed === undefined ? none : parseAddresses(source.unconfirmed);
    this.netid = source.netid;
    this.others = source.others === undefined ? undefined : rangesIn(source.others);
  }

  get namespace(): string {
    return this.name;
  }

  get object(): ObjectReference {
    return { kind: 'NetNamespace', name: this.name };
  }

  /** The SDN makes it, and what else it binds is not ours. */
  get ours(): boolean {
    return false;
  }
}

/** Parses a NetNamespace; nothing in it makes it throw. */
export function parseNetNamespace(source: NetNamespaceEntry): ParsedNetNamespace {
  return new ParsedNetNamespace(source);
}
