import {
  parseAddress,
  parseAddresses,
  parseCidr,
  sameInOrder,
  type Address,
  type HostedAddress,
  type HostFacts,
  type HostingState,
  type ObjectReference,
} from '@egressip-ipam/core';
import type { HostSubnetEntry } from '../kinds/host-subnet.ts';
import { parseHostedIPs, RecordedNamespaces } from './hosted-ips.ts';

const none: readonly never[] = [];

/** A HostSubnet with its addresses and our record on it parsed. */
export interface ParsedHostSubnet extends HostFacts {
  readonly name: string;
  readonly hostIP: Address | undefined;
  readonly egressIPs: readonly Address[];
  /** Canonical where they parse. */
  readonly egressCIDRs: readonly string[];
  /** What this project put there, in the order of the record; the list of `egressIPs` itself where it is the same. */
  readonly recorded: readonly Address[];
  /** The namespaces of that record. */
  readonly recordedNamespaces: RecordedNamespaces;
  /** CIDRs that this project put there, as they stand in `egressCIDRs`. */
  readonly recordedCIDRs: readonly string[];
  readonly unconfirmed: readonly Address[];
}

/** Parses a HostSubnet; nothing in it makes it throw. */
export function parseHostSubnet(source: HostSubnetEntry): ParsedHostSubnet {
  const { name, hostedIPs = '', hostedCIDRs = '' } = source;
  const egressIPs = parseAddresses(source.egressIPs);
  const listed = parseHostedIPs(hostedIPs);
  const recorded = sameInOrder(listed, egressIPs) ? egressIPs : listed;
  const recordedNamespaces = new RecordedNamespaces(hostedIPs);
  const unconfirmed = source.unconfirmed === undefined ? none : parseAddresses(source.unconfirmed);
  return {
    name,
    object: { kind: 'HostSubnet', name } satisfies ObjectReference,
    hosted: hostedOn(name, { egressIPs, recorded, unconfirmed, recordedNamespaces }),
    hostIP: parseAddress(source.hostIP),
    egressIPs,
    egressCIDRs: source.egressCIDRs.map((text) => parseCidr(text)?.cidr.text ?? text),
    recorded,
    recordedNamespaces,
    recordedCIDRs: hostedCIDRs === '' ? none : hostedCIDRs.split(','),
    unconfirmed,
  };
}

type Hosting = Pick<ParsedHostSubnet, 'egressIPs' | 'recorded' | 'unconfirmed' | 'recordedNamespaces'>;

function hostedOn(node: string, { egressIPs, recorded, unconfirmed, recordedNamespaces }: Hosting): readonly HostedAddress[] {
  const isAsRecorded = recorded === egressIPs;
  const onRecord = isAsRecorded ? undefined : new Set(recorded);
  const make = (address: Address, state: HostingState): HostedAddress => {
    const ours = onRecord?.has(address) ?? (state === 'shown' || egressIPs.includes(address));
    return new AddressOnHostSubnet(address, node, ours, state, recordedNamespaces);
  };
  const hosted = egressIPs.map((address) => make(address, 'shown'));
  if (isAsRecorded && unconfirmed.length === 0) return hosted;
  const shown = new Set(egressIPs);
  for (const address of unconfirmed) if (!shown.has(address)) hosted.push(make(address, 'unconfirmed'));
  for (const address of recorded) if (!shown.has(address)) hosted.push(make(address, 'recorded'));
  return hosted;
}

/** One address on a HostSubnet; for whom it is there is read from the record when somebody asks. */
class AddressOnHostSubnet implements HostedAddress {
  readonly address: Address;
  readonly node: string;
  readonly ours: boolean;
  readonly state: HostingState;
  readonly #namespaces: RecordedNamespaces;

  constructor(address: Address, node: string, ours: boolean, state: HostingState, namespaces: RecordedNamespaces) {
    this.address = address;
    this.node = node;
    this.ours = ours;
    this.state = state;
    this.#namespaces = namespaces;
  }

  get namespace(): string | undefined {
    return this.ours ? this.#namespaces.of(this.address) : undefined;
  }
}
