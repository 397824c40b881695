import {
  parseAddress,
  parseCidr,
  type Address,
  type AddressRange,
  type Cidr,
  type HostedAddress,
  type HostedAddresses,
  type HostFacts,
  type HostingState,
} from '@egressip-ipam/core';
import { parseAddresses, rangesIn, sameInOrder } from '@egressip-ipam/core/plugin';
import type { HostSubnetEntry } from '../kinds/host-subnet.ts';
import { HostedRecord } from './hosted-ips.ts';

const none: readonly never[] = [];

/** A HostSubnet with its addresses and our record on it parsed. */
export interface ParsedHostSubnet extends HostFacts {
  readonly name: string;
  readonly hostIP: Address | undefined;
  /** The network of the node's pods. */
  readonly pods: Cidr | undefined;
  readonly egressIPs: readonly Address[];
  /** Canonical where they parse. */
  readonly egressCIDRs: readonly string[];
  /** What this project put there, in the order of the record; the list of `egressIPs` itself where it is the same. */
  readonly recorded: readonly Address[];
  /** That record, with its namespaces. */
  readonly record: HostedRecord;
  /** CIDRs that this project put there, as they stand in `egressCIDRs`. */
  readonly recordedCIDRs: readonly string[];
  readonly unconfirmed: readonly Address[];
  /** What else it names, where it is too long to be read whole; it is never written then. */
  readonly others: readonly AddressRange[] | undefined;
}

/** Parses a HostSubnet; nothing in it makes it throw. */
export function parseHostSubnet(source: HostSubnetEntry): ParsedHostSubnet {
  const { name, hostedIPs = '', hostedCIDRs = '' } = source;
  const shown = HostedRecord.parseShown(hostedIPs, source.egressIPs);
  const egressIPs = shown?.addresses ?? parseAddresses(source.egressIPs);
  const record = shown ?? HostedRecord.parse(hostedIPs);
  const isAsRecorded = sameInOrder(record.addresses, egressIPs);
  const unconfirmed = source.unconfirmed === undefined ? none : parseAddresses(source.unconfirmed);
  return {
    name,
    object: { kind: 'HostSubnet', name },
    hosted: isAsRecorded
      ? hostedAsRecorded(name, record, unconfirmed)
      : hostedOtherwise(name, egressIPs, record, unconfirmed),
    hostIP: parseAddress(source.hostIP),
    pods: parseCidr(source.subnet ?? '')?.cidr,
    egressIPs,
    egressCIDRs: source.egressCIDRs.map((text) => parseCidr(text)?.cidr.text ?? text),
    recorded: isAsRecorded ? egressIPs : record.addresses,
    record,
    recordedCIDRs: hostedCIDRs === '' ? none : hostedCIDRs.split(','),
    unconfirmed,
    others: source.others === undefined ? undefined : rangesIn(source.others),
  };
}

/** The usual case: everything there is ours, in the order of the record. */
function hostedAsRecorded(node: string, record: HostedRecord, unconfirmed: readonly Address[]): HostedAddresses {
  const hosted = new RecordedAddresses(node, record);
  if (unconfirmed.length === 0) return hosted;
  const shown = new Set(record.addresses);
  return [...hosted, ...unconfirmed.filter((address) => !shown.has(address)).map((address) => doubted(address, node))];
}

/**
 * What a HostSubnet shows and our record has. There may be hundreds of thousands in a cluster: each is made when it is
 * looked at.
 */
class RecordedAddresses implements HostedAddresses {
  readonly #node: string;
  readonly #record: HostedRecord;

  constructor(node: string, record: HostedRecord) {
    this.#node = node;
    this.#record = record;
  }

  get length(): number {
    return this.#record.addresses.length;
  }

  at(position: number): HostedAddress | undefined {
    const address = this.#record.addresses[position];
    return address === undefined ? undefined : new RecordedAddress(this.#node, this.#record, address, position);
  }

  *[Symbol.iterator](): Generator<HostedAddress, undefined> {
    for (const [position, address] of this.#record.addresses.entries())
      yield new RecordedAddress(this.#node, this.#record, address, position);
  }
}

/** One of them; its namespace is looked up when somebody asks. */
class RecordedAddress implements HostedAddress {
  readonly node: string;
  readonly address: Address;
  readonly #record: HostedRecord;
  readonly #position: number;

  constructor(node: string, record: HostedRecord, address: Address, position: number) {
    this.node = node;
    this.address = address;
    this.#record = record;
    this.#position = position;
  }

  get ours(): boolean {
    return true;
  }

  get namespace(): string | undefined {
    return this.#record.namespaceAt(this.#position);
  }

  get state(): HostingState {
    return 'shown';
  }
}

function doubted(address: Address, node: string): HostedAddress {
  return { address, node, ours: false, namespace: undefined, state: 'unconfirmed' };
}

function hostedOtherwise(
  node: string,
  egressIPs: readonly Address[],
  record: HostedRecord,
  unconfirmed: readonly Address[],
): readonly HostedAddress[] {
  const shown = new Set(egressIPs);
  const recorded = new Set(record.addresses);
  const make = (address: Address, state: HostingState): HostedAddress => {
    const ours = recorded.has(address);
    return { address, node, ours, namespace: ours ? record.namespaceOf(address) : undefined, state };
  };
  return [
    ...egressIPs.map((address) => make(address, 'shown')),
    ...unconfirmed.filter((address) => !shown.has(address)).map((address) => make(address, 'unconfirmed')),
    ...record.addresses.filter((address) => !shown.has(address)).map((address) => make(address, 'recorded')),
  ];
}
