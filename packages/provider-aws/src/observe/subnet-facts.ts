import type { Subnet } from '@aws-sdk/client-ec2';
import { cidrContains, formatAddress, parseCidr, type Address, type Cidr } from '@egressip-ipam/core';

/** A subnet of a VPC. */
export interface SubnetFacts {
  readonly id: string;
  readonly vpcId: string;
  /** Its IPv4 CIDR, then its IPv6 CIDRs. */
  readonly cidrs: readonly Cidr[];
}

/** Reads a subnet as DescribeSubnets shows it; undefined for one without an ID. */
export function readSubnet({
  SubnetId,
  VpcId,
  CidrBlock,
  Ipv6CidrBlockAssociationSet = [],
}: Subnet): SubnetFacts | undefined {
  if (SubnetId === undefined || VpcId === undefined) return undefined;
  const ipv6 = Ipv6CidrBlockAssociationSet.filter(
    ({ Ipv6CidrBlockState }) => (Ipv6CidrBlockState?.State ?? 'associated') === 'associated',
  ).map(({ Ipv6CidrBlock }) => Ipv6CidrBlock);
  return {
    id: SubnetId,
    vpcId: VpcId,
    cidrs: [CidrBlock, ...ipv6.sort()].flatMap((text) => parseCidr(text ?? '')?.cidr ?? []),
  };
}

/** What AWS keeps of a subnet's CIDRs, for IPv4 and for IPv6 (VPC User Guide, "Subnet CIDR blocks"). */
export const keptInSubnets = { first: 4, last: 1 };

/**
 * The addresses that AWS keeps of a subnet.
 *
 * @param within only addresses of this CIDR are told
 */
export function reservedAddresses(subnet: SubnetFacts, within: Cidr): readonly string[] {
  const kept = subnet.cidrs
    .filter(({ family }) => family === within.family)
    .flatMap(({ first, last }) => [
      ...Array.from({ length: keptInSubnets.first }, (_, index) => plus(first, index)),
      ...Array.from({ length: keptInSubnets.last }, (_, index) => plus(last, index + 1 - keptInSubnets.last)),
    ]);
  return kept.filter((address) => cidrContains(within, address)).map(formatAddress);
}

function plus(address: Address, count: number): Address {
  return typeof address === 'number' ? address + count : address + BigInt(count);
}
