import { parseAddress, type NetworkObjects, type NetworkStep } from '@egressip-ipam/core';
import { entriesOf, listOrNothing } from '@egressip-ipam/core/plugin';
import { addressOfConfig, cloudPrivateIPConfigKind } from '../kinds/cloud-private-ip-config.ts';
import { hostSubnetKind } from '../kinds/host-subnet.ts';
import { netNamespaceKind } from '../kinds/net-namespace.ts';
import { payloadOf } from './payload.ts';

/** What a step changes, from what to what: `has 10.0.0.1 and should have nothing`. */
export function describe(objects: NetworkObjects, step: NetworkStep): string {
  const payload = payloadOf(step);
  const { name } = step.object;
  if (payload.write === 'bind') {
    const bound = entriesOf(objects, netNamespaceKind).find((entry) => entry.name === name)?.egressIPs ?? [];
    return `has ${listOrNothing(bound)} and should have ${listOrNothing(payload.egressIPs)}`;
  }
  const hostSubnet = entriesOf(objects, hostSubnetKind).find((entry) => entry.name === name);
  if (payload.egressCIDRs !== undefined) {
    return `has the CIDRs ${listOrNothing(hostSubnet?.egressCIDRs ?? [])} and should have ${listOrNothing(payload.egressCIDRs)}`;
  }
  if (payload.egressIPs !== undefined)
    return `has ${listOrNothing(hostSubnet?.egressIPs ?? [])} and should have ${listOrNothing(payload.egressIPs)}`;
  const records = [
    [hostSubnet?.hostedIPs ?? 'nothing', payload.hostedIPs ?? 'nothing'],
    [hostSubnet?.hostedCIDRs ?? 'nothing', payload.hostedCIDRs ?? 'nothing'],
  ];
  return records
    .filter(([has, wanted]) => has !== wanted)
    .map(([has, wanted]) => `has ${has} on record as ours and should have ${wanted}`)
    .join(', ');
}

/** Sentences about every object that names an address. */
export function explain(objects: NetworkObjects, address: string): readonly string[] {
  const parsed = parseAddress(address);
  const names = (texts: readonly string[] | undefined): boolean =>
    texts?.some((text) => parseAddress(text) === parsed) === true;
  const hostSubnets = entriesOf(objects, hostSubnetKind);
  const netNamespaces = entriesOf(objects, netNamespaceKind);
  const configs = entriesOf(objects, cloudPrivateIPConfigKind);
  return [
    ...hostSubnets.filter(({ egressIPs }) => names(egressIPs)).map(({ name }) => `HostSubnet ${name} hosts it.`),
    ...netNamespaces
      .filter(({ egressIPs }) => names(egressIPs))
      .map(({ name }) => `NetNamespace ${name} binds traffic to it.`),
    ...configs
      .filter((config) => addressOfConfig(config) === parsed)
      .map(({ name }) => `CloudPrivateIPConfig ${name} asks the cloud for it.`),
  ];
}
