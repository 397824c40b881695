import { child, items, text, type XmlElement } from './xml.ts';

/** A network interface as moto has it. */
export interface Ec2NetworkInterface {
  readonly networkInterfaceId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly description: string;
  /** Of the instance that it is attached to. */
  readonly instanceId?: string;
  readonly deviceIndex?: number;
  readonly primaryAddress: string;
  /** In the order of their assignment. */
  readonly secondaryAddresses: readonly string[];
  readonly ipv6Addresses: readonly string[];
}

/** Reads an item of a `networkInterfaceSet`. */
export function readNetworkInterface(item: XmlElement): Ec2NetworkInterface {
  const attachment = child(item, 'attachment');
  const instanceId = text(attachment, 'instanceId');
  const primaryAddress = text(item, 'privateIpAddress') ?? '';
  const addresses = items(item, 'privateIpAddressesSet').flatMap((address) => text(address, 'privateIpAddress') ?? []);
  return {
    networkInterfaceId: text(item, 'networkInterfaceId') ?? '',
    subnetId: text(item, 'subnetId') ?? '',
    vpcId: text(item, 'vpcId') ?? '',
    description: text(item, 'description') ?? '',
    ...(instanceId !== undefined && { instanceId, deviceIndex: Number(text(attachment, 'deviceIndex')) }),
    primaryAddress,
    secondaryAddresses: addresses.filter((address) => address !== primaryAddress),
    ipv6Addresses: items(item, 'ipv6AddressesSet').flatMap((address) => text(address, 'ipv6Address') ?? []),
  };
}

/** The item with the addresses of `past` instead of its own. */
export function withAddressesOf(past: Ec2NetworkInterface, item: XmlElement): XmlElement {
  const address = (privateIpAddress: string, primary: boolean): XmlElement => ({
    primary: String(primary),
    privateIpAddress,
  });
  return {
    ...item,
    privateIpAddressesSet: {
      item: [
        address(past.primaryAddress, true),
        ...past.secondaryAddresses.map((secondary) => address(secondary, false)),
      ],
    },
    ipv6AddressesSet: { item: past.ipv6Addresses.map((ipv6Address) => ({ ipv6Address })) },
  };
}
