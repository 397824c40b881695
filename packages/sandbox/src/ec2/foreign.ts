import { isVersion6 } from '../stand-in/addresses.ts';
import { ipv4, ipv6 } from './address-family.ts';
import type { MotoClient } from './moto-client.ts';
import type { Ec2NetworkInterface } from './network-interface.ts';
import { asList } from './query.ts';
import { SubnetRange } from './subnet-range.ts';
import { child, text } from './xml.ts';

/**
 * Puts an address of the subnet on an interface without further rules; resolves with the interface as it was before.
 */
export async function assignForeign(
  moto: MotoClient,
  { networkInterfaceId, address }: { readonly networkInterfaceId: string; readonly address: string },
): Promise<Ec2NetworkInterface> {
  const before = await moto.networkInterface(networkInterfaceId);
  const family = isVersion6(address) ? ipv6 : ipv4;
  const cidr = (await moto.subnetCidrs(before.subnetId))[family.version];
  if (cidr === undefined) throw new Error(`subnet ${before.subnetId} has no CIDR for ${address}`);
  await moto.call({
    Action: family.assignAction,
    NetworkInterfaceId: networkInterfaceId,
    ...asList(family.listName, [new SubnetRange(cidr).usable(address)]),
  });
  return before;
}

/** Creates an interface that is attached to nothing; resolves with its ID. */
export async function createForeignInterface(
  moto: MotoClient,
  {
    subnetId,
    address,
    description,
  }: { readonly subnetId: string; readonly address: string; readonly description: string },
): Promise<string> {
  const created = await moto.call({
    Action: 'CreateNetworkInterface',
    SubnetId: subnetId,
    PrivateIpAddress: address,
    Description: description,
  });
  return text(child(created, 'networkInterface'), 'networkInterfaceId') ?? '';
}
