import { parseAddress, parseIPv4At, type Address } from '../address/address.ts';
import { parseCidr, type Cidr } from '../address/cidr.ts';
import type { CloudPrivateIPConfigSnapshot, EgressIPSnapshot, HostSubnetSnapshot, NetNamespaceSnapshot } from '../snapshot/snapshot.ts';
import { SlotList } from '../allocate/slot-list.ts';
import { parseAddresses, sameInOrder } from './parse-namespace.ts';
import { recordsJust } from './settled-texts.ts';

/** A HostSubnet with its addresses and our record on it parsed. */
export interface ParsedHostSubnet {
  readonly name: string;
  readonly source: HostSubnetSnapshot;
  readonly hostIP: Address | undefined;
  readonly egressIPs: readonly Address[];
  /** The same, with their slots. */
  readonly hosted: SlotList;
  /** Canonical where they parse. */
  readonly egressCIDRs: readonly string[];
  /** What this project put there, in the order of the record; the list of `egressIPs` itself where it is the same. */
  readonly recorded: readonly Address[];
  /** CIDRs that this project put there, as they stand in `egressCIDRs`. */
  readonly recordedCIDRs: readonly string[];
  readonly unconfirmed: readonly Address[];
}

/** A NetNamespace; its addresses are parsed when they are asked for, as most agree with their namespace to the letter. */
export class ParsedNetNamespace {
  readonly name: string;
  readonly source: NetNamespaceSnapshot;
  #egressIPs: readonly Address[] | undefined;
  #unconfirmed: readonly Address[] | undefined;

  constructor(source: NetNamespaceSnapshot) {
    this.name = source.name;
    this.source = source;
  }

  /** What traffic is bound to. */
  get egressIPs(): readonly Address[] {
    this.#egressIPs ??= parseAddresses(this.source.egressIPs);
    return this.#egressIPs;
  }

  /** Addresses that a write in flight, or of unknown outcome, may have put here or left here. */
  get unconfirmed(): readonly Address[] {
    this.#unconfirmed ??= parseAddresses(this.source.unconfirmed ?? none);
    return this.#unconfirmed;
  }
}

/** An EgressIP with its addresses parsed. */
export interface ParsedEgressIP {
  readonly name: string;
  readonly source: EgressIPSnapshot;
  readonly egressIPs: readonly Address[];
  readonly assigned: readonly { readonly node: string; readonly address: Address }[];
  readonly unconfirmed: readonly Address[];
}

/** A CloudPrivateIPConfig with the address of its name. */
export interface ParsedCloudPrivateIPConfig {
  readonly name: string;
  readonly source: CloudPrivateIPConfigSnapshot;
  readonly address: Address | undefined;
}

const none: readonly never[] = [];

/** Parses a HostSubnet. */
export function parseHostSubnet(source: HostSubnetSnapshot): ParsedHostSubnet {
  const egressIPs = parseAddresses(source.egressIPs);
  const isAsRecorded = source.hostedIPs !== undefined && egressIPs.length === source.egressIPs.length && recordsJust(source.hostedIPs, source.egressIPs);
  const recorded = source.hostedIPs === undefined ? none : isAsRecorded ? egressIPs : parseHostedIPs(source.hostedIPs);
  return {
    name: source.name,
    source,
    hostIP: parseAddress(source.hostIP),
    egressIPs,
    hosted: new SlotList(egressIPs),
    egressCIDRs: source.egressCIDRs.map((text) => parseCidr(text)?.cidr.text ?? text),
    recorded: sameInOrder(recorded, egressIPs) ? egressIPs : recorded,
    recordedCIDRs: source.hostedCIDRs === undefined || source.hostedCIDRs === '' ? none : source.hostedCIDRs.split(','),
    unconfirmed: source.unconfirmed === undefined ? none : parseAddresses(source.unconfirmed),
  };
}

/** The addresses of a HostSubnet's `hosted-ips` record, `IP=NAMESPACE,…`; what is no address is passed over. */
export function parseHostedIPs(record: string): readonly Address[] {
  const addresses: Address[] = [];
  for (let start = 0; start < record.length; ) {
    let end = record.indexOf(',', start);
    if (end === -1) end = record.length;
    let equals = record.indexOf('=', start);
    if (equals === -1 || equals > end) equals = end;
    const fast = parseIPv4At(record, start, equals);
    const address = fast === -1 ? parseAddress(record.slice(start, equals)) : fast;
    if (address !== undefined) addresses.push(address);
    start = end + 1;
  }
  return addresses;
}

/** The namespaces of a record `IP=NAMESPACE,…`, by address. */
export function parseRecordedNamespaces(record: string): ReadonlyMap<Address, string> {
  const namespaces = new Map<Address, string>();
  for (const entry of record.split(',')) {
    const [text = '', namespace = ''] = entry.split('=', 2);
    const address = parseAddress(text);
    if (address !== undefined && namespace !== '') namespaces.set(address, namespace);
  }
  return namespaces;
}

/** Parses a NetNamespace. */
export function parseNetNamespace(source: NetNamespaceSnapshot): ParsedNetNamespace {
  return new ParsedNetNamespace(source);
}

/** Parses an EgressIP. */
export function parseEgressIP(source: EgressIPSnapshot): ParsedEgressIP {
  return {
    name: source.name,
    source,
    egressIPs: [...new Set(parseAddresses(source.egressIPs))],
    assigned: source.assigned.flatMap(({ node, egressIP }) => {
      const address = parseAddress(egressIP);
      return address === undefined ? [] : [{ node, address }];
    }),
    unconfirmed: source.unconfirmed === undefined ? none : parseAddresses(source.unconfirmed),
  };
}

/** Parses a CloudPrivateIPConfig's name: IPv4 text, or IPv6 in full with dots for colons. */
export function parseCloudPrivateIPConfig(source: CloudPrivateIPConfigSnapshot): ParsedCloudPrivateIPConfig {
  const expandedIPv6 = /^[0-9a-f]{4}(?:\.[0-9a-f]{4}){7}$/;
  const text = expandedIPv6.test(source.name) ? source.name.replaceAll('.', ':') : source.name;
  return { name: source.name, source, address: parseAddress(text) };
}

/** The CIDRs among texts. */
export function parseCidrs(texts: readonly string[]): readonly Cidr[] {
  return texts.flatMap((text) => parseCidr(text)?.cidr ?? []);
}
