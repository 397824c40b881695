import type { InstanceNetworkInterface, NetworkInterface } from '@aws-sdk/client-ec2';
import {
  compareAddresses,
  formatAddress,
  parseAddress,
  parseCidr,
  type Address,
  type AttachedAddress,
  type Cidr,
} from '@egressip-ipam/core';

/** An address of an interface, parsed. */
export interface CarriedAddress extends AttachedAddress {
  readonly value: Address;
}

/** What the provider needs to know of an EC2 network interface. */
export interface InterfaceFacts {
  readonly id: string;
  readonly subnetId: string;
  /** The instance that it is attached to. */
  readonly instanceId: string | undefined;
  /**
   * Device index 0 of network card 0: the interface that an instance starts with and cannot lose (EC2 User Guide,
   * "Elastic network interfaces").
   */
  readonly main: boolean;
  /** The primary address first, then by value. */
  readonly addresses: readonly CarriedAddress[];
  /** Delegated prefixes: each takes the place of one address (EC2 User Guide, "Prefix delegation"). */
  readonly prefixes: readonly Cidr[];
  /** Who has it, in words: EC2's description, else the instance or the service. */
  readonly holder: string;
}

/** Reads an interface as DescribeNetworkInterfaces shows it; undefined for one without an ID. */
export function readInterface(shown: NetworkInterface): InterfaceFacts | undefined {
  const { NetworkInterfaceId: id, SubnetId: subnetId, Attachment: attachment } = shown;
  if (id === undefined || subnetId === undefined) return undefined;
  const instanceId = attachment?.InstanceId;
  const holder = [
    shown.Description,
    instanceId === undefined ? undefined : `instance ${instanceId}`,
    shown.RequesterManaged === true ? shown.RequesterId : undefined,
  ];
  return {
    id,
    subnetId,
    instanceId,
    main: instanceId !== undefined && isMain(attachment),
    addresses: readAddresses(shown),
    prefixes: readPrefixes(shown),
    holder: `interface ${id}${parenthesised(holder.find((entry) => entry !== undefined && entry.trim() !== ''))}`,
  };
}

/** Whether an attachment is that of an instance's main interface. */
export function isMain(
  attachment: { readonly DeviceIndex?: number | undefined; readonly NetworkCardIndex?: number | undefined } | undefined,
): boolean {
  return attachment?.DeviceIndex === 0 && (attachment.NetworkCardIndex ?? 0) === 0;
}

type Shown = NetworkInterface | InstanceNetworkInterface;

function readAddresses({ PrivateIpAddresses = [], Ipv6Addresses = [] }: Shown): readonly CarriedAddress[] {
  const shown = [
    ...PrivateIpAddresses.map(({ PrivateIpAddress, Primary }) => ({
      text: PrivateIpAddress,
      primary: Primary === true,
    })),
    ...Ipv6Addresses.map(({ Ipv6Address, IsPrimaryIpv6 }) => ({ text: Ipv6Address, primary: IsPrimaryIpv6 === true })),
  ];
  return shown
    .flatMap(({ text, primary }): CarriedAddress[] => {
      const value = text === undefined ? undefined : parseAddress(text);
      return value === undefined ? [] : [{ address: formatAddress(value), primary, value }];
    })
    .sort((a, b) => Number(b.primary) - Number(a.primary) || compareAddresses(a.value, b.value));
}

function readPrefixes({ Ipv4Prefixes = [], Ipv6Prefixes = [] }: Shown): readonly Cidr[] {
  return [
    ...Ipv4Prefixes.map(({ Ipv4Prefix }) => Ipv4Prefix),
    ...Ipv6Prefixes.map(({ Ipv6Prefix }) => Ipv6Prefix),
  ].flatMap((text) => parseCidr(text ?? '')?.cidr ?? []);
}

function parenthesised(text: string | undefined): string {
  return text === undefined ? '' : ` (${text})`;
}
