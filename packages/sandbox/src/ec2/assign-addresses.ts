import type { AddressFamily } from './address-family.ts';
import { Ec2Error } from './ec2-error.ts';
import type { MotoClient } from './moto-client.ts';
import type { Ec2NetworkInterface } from './network-interface.ts';
import { asList, listParameter, type Ec2Parameters } from './query.ts';
import { SubnetRange } from './subnet-range.ts';
import type { XmlElement } from './xml.ts';

/** What a change answers, and the interfaces that it changed as they were before. */
export interface AddressChange {
  readonly answer: XmlElement;
  readonly before: readonly Ec2NetworkInterface[];
}

/**
 * AssignPrivateIpAddresses and AssignIpv6Addresses, all or nothing, by the rules that moto leaves out. Addresses that
 * the interface has already are no error.
 *
 * Wording: `… assigned, but move is not allowed.`, `secondary-addresses` (someone's primary address) and
 * `Number of private addresses will exceed limit.` are what clients of EC2 report; for IPv6 they are taken over.
 */
export async function assignAddresses(
  moto: MotoClient,
  family: AddressFamily,
  parameters: Ec2Parameters,
): Promise<AddressChange> {
  const target = await moto.networkInterface(requiredInterface(parameters));
  const range = new SubnetRange(await cidrOf(moto, family, target.subnetId));
  const neighbours = await moto.networkInterfacesOfSubnet(target.subnetId);
  const holders = new Map(
    neighbours.flatMap((holder) => family.addressesOf(holder).map((address) => [address, holder] as const)),
  );
  const wanted = wantedAddresses(family, parameters, range, holders);

  const own = new Set(family.addressesOf(target));
  const missing = wanted.filter((address) => !own.has(address));
  const taken = missing.filter((address) => holders.has(address));
  if (
    wanted.includes(target.primaryAddress) ||
    taken.some((address) => holders.get(address)?.primaryAddress === address)
  ) {
    throw new Ec2Error('InvalidParameterValue', 'secondary-addresses');
  }
  const mayMove = family.version === 'ipv4' && parameters['AllowReassignment'] === 'true';
  if (taken.length > 0 && !mayMove)
    throw new Ec2Error('InvalidParameterValue', `[${taken.join(', ')}] assigned, but move is not allowed.`);
  if (target.instanceId !== undefined && missing.length > 0) {
    const limit = (await moto.addressLimits(target.instanceId))[family.version];
    if (own.size + missing.length > limit)
      throw new Ec2Error('PrivateIpAddressLimitExceeded', 'Number of private addresses will exceed limit.');
  }

  const losers = neighbours.filter((holder) => taken.some((address) => holders.get(address) === holder));
  for (const { networkInterfaceId } of losers) {
    const lost = taken.filter((address) => holders.get(address)?.networkInterfaceId === networkInterfaceId);
    await moto.call({
      Action: family.unassignAction,
      NetworkInterfaceId: networkInterfaceId,
      ...asList(family.listName, lost),
    });
  }
  if (missing.length > 0) {
    await moto.call({
      Action: family.assignAction,
      NetworkInterfaceId: target.networkInterfaceId,
      ...asList(family.listName, missing),
    });
  }
  return {
    answer: family.assigned(target.networkInterfaceId, wanted),
    before: missing.length > 0 ? [target, ...losers] : [],
  };
}

/** The interface that a call names. Throws an Ec2Error when it names none. */
export function requiredInterface(parameters: Ec2Parameters): string {
  const id = parameters['NetworkInterfaceId'];
  if (id === undefined || id === '')
    throw new Ec2Error('MissingParameter', 'The request must contain the parameter networkInterfaceId');
  return id;
}

async function cidrOf(moto: MotoClient, { version }: AddressFamily, subnetId: string): Promise<string> {
  const cidr = (await moto.subnetCidrs(subnetId))[version];
  if (cidr === undefined)
    throw new Ec2Error(
      'InvalidParameterValue',
      `Subnet ${subnetId} has no ${version === 'ipv6' ? 'IPv6' : 'IPv4'} CIDR block associated`,
    );
  return cidr;
}

function wantedAddresses(
  family: AddressFamily,
  parameters: Ec2Parameters,
  range: SubnetRange,
  holders: ReadonlyMap<string, unknown>,
): string[] {
  const named = listParameter(parameters, family.listName);
  const count = parameters[family.countName];
  if (named.length > 0 === (count !== undefined)) {
    throw new Ec2Error(
      named.length > 0 ? 'InvalidParameterCombination' : 'MissingParameter',
      `Specify either ${family.listName} or ${family.countName}`,
    );
  }
  if (count === undefined) return [...new Set(named.map((address) => range.usable(address)))];
  if (!/^[1-9]\d*$/.test(count))
    throw new Ec2Error(
      'InvalidParameterValue',
      `Value (${count}) for parameter ${family.countName} is invalid. Value must be a positive number.`,
    );
  const free = range.lowestFree(Number(count), (address) => holders.has(address));
  if (free.length < Number(count)) {
    throw new Ec2Error(
      'InsufficientFreeAddressesInSubnet',
      'The specified subnet does not have enough free addresses to satisfy the request.',
    );
  }
  return free;
}
