import type { AddressLimits } from './moto-client.ts';
import type { Ec2NetworkInterface } from './network-interface.ts';
import type { XmlElement } from './xml.ts';

/** What differs between the calls for IPv4 and for IPv6 addresses. */
export interface AddressFamily {
  readonly version: keyof AddressLimits;
  readonly assignAction: string;
  readonly unassignAction: string;
  /** Name of the list of addresses in both calls. */
  readonly listName: string;
  readonly countName: string;
  /** Those of an interface that count against its limit. */
  addressesOf(networkInterface: Ec2NetworkInterface): readonly string[];
  /** The answers' contents. */
  assigned(networkInterfaceId: string, addresses: readonly string[]): XmlElement;
  unassigned(networkInterfaceId: string, addresses: readonly string[]): XmlElement;
}

export const ipv4: AddressFamily = {
  version: 'ipv4',
  assignAction: 'AssignPrivateIpAddresses',
  unassignAction: 'UnassignPrivateIpAddresses',
  listName: 'PrivateIpAddress',
  countName: 'SecondaryPrivateIpAddressCount',
  addressesOf: ({ primaryAddress, secondaryAddresses }) => [primaryAddress, ...secondaryAddresses],
  assigned: (networkInterfaceId, addresses) => ({
    networkInterfaceId,
    assignedPrivateIpAddressesSet: { item: addresses.map((privateIpAddress) => ({ privateIpAddress })) },
    return: 'true',
  }),
  unassigned: () => ({ return: 'true' }),
};

export const ipv6: AddressFamily = {
  version: 'ipv6',
  assignAction: 'AssignIpv6Addresses',
  unassignAction: 'UnassignIpv6Addresses',
  listName: 'Ipv6Addresses',
  countName: 'Ipv6AddressCount',
  addressesOf: ({ ipv6Addresses }) => ipv6Addresses,
  assigned: (networkInterfaceId, addresses) => ({ networkInterfaceId, assignedIpv6Addresses: { item: addresses } }),
  unassigned: (networkInterfaceId, addresses) => ({ networkInterfaceId, unassignedIpv6Addresses: { item: addresses } }),
};
