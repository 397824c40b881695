import { canonicalAddress } from '../stand-in/addresses.ts';
import type { AddressFamily } from './address-family.ts';
import { requiredInterface, type AddressChange } from './assign-addresses.ts';
import { Ec2Error } from './ec2-error.ts';
import type { MotoClient } from './moto-client.ts';
import { asList, listParameter, type Ec2Parameters } from './query.ts';

/**
 * UnassignPrivateIpAddresses and UnassignIpv6Addresses, all or nothing: what is not there is an error, and the primary
 * address stays.
 */
export async function unassignAddresses(
  moto: MotoClient,
  family: AddressFamily,
  parameters: Ec2Parameters,
): Promise<AddressChange> {
  const target = await moto.networkInterface(requiredInterface(parameters));
  const addresses = [
    ...new Set(listParameter(parameters, family.listName).map((address) => canonicalAddress(address) ?? address)),
  ];
  if (addresses.length === 0)
    throw new Ec2Error('MissingParameter', `The request must contain the parameter ${family.listName}`);
  if (addresses.includes(target.primaryAddress)) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `Value (${target.primaryAddress}) for parameter privateIpAddress is invalid. The primary IP address of an interface cannot be unassigned.`,
    );
  }
  const own = family.addressesOf(target);
  if (addresses.some((address) => !own.includes(address))) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `Some of the specified addresses are not assigned to interface ${target.networkInterfaceId}`,
    );
  }
  await moto.call({
    Action: family.unassignAction,
    NetworkInterfaceId: target.networkInterfaceId,
    ...asList(family.listName, addresses),
  });
  return { answer: family.unassigned(target.networkInterfaceId, addresses), before: [target] };
}
