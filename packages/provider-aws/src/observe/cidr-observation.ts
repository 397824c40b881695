import {
  cidrContains,
  cidrsOverlap,
  compareAddresses,
  formatAddress,
  parseCidr,
  type Address,
  type CidrObservation,
  type ProviderErrorDescription,
} from '@egressip-ipam/core';
import { reservedAddresses } from './subnet-facts.ts';
import type { SubnetReading } from './subnets.ts';
import type { Sweep } from './sweep.ts';

/** What the use of a CIDR is read from. */
export interface CidrFacts {
  readonly cidr: string;
  readonly subnets: SubnetReading;
  readonly sweep: Sweep;
  /** Names of the nodes, by the instance's ID. */
  readonly nodeNames: ReadonlyMap<string, string>;
  /** Why some machine, and with it perhaps its VPC, could not be read. */
  readonly machineError: ProviderErrorDescription | undefined;
}

/**
 * Tells who uses what of a CIDR, or why that cannot be told: a CIDR of which a part cannot be read never looks free
 * (law 6).
 */
export function observeCidr({
  cidr: text,
  subnets: reading,
  sweep,
  nodeNames,
  machineError,
}: CidrFacts): CidrObservation {
  const cidr = parseCidr(text)?.cidr;
  if (cidr === undefined)
    return { cidr: text, error: { class: 'permanent', message: `"${text}" is not a CIDR; write it like 10.0.0.0/24` } };
  const met = new Map([...reading.subnets].filter(([, subnet]) => subnet.cidrs.some((own) => cidrsOverlap(own, cidr))));
  if (met.size === 0) return { cidr: text, error: reading.error ?? machineError ?? noSubnet(text) };
  const failed = [...met.keys()].flatMap((id) => sweep.unreadable.get(id) ?? [])[0];
  if (failed !== undefined) return { cidr: text, error: failed };

  const used = new Map<Address, string>();
  const delegated: string[] = [];
  for (const { instanceId, subnetId, addresses, prefixes, id, holder } of sweep.interfaces) {
    if (!met.has(subnetId)) continue;
    const node = instanceId === undefined ? undefined : nodeNames.get(instanceId);
    const usedBy = node === undefined ? holder : `node ${node} (interface ${id})`;
    for (const { value } of addresses) if (cidrContains(cidr, value)) used.set(value, usedBy);
    delegated.push(
      ...prefixes
        .filter((prefix) => cidrsOverlap(prefix, cidr))
        .map(({ first, last }) => `${formatAddress(first)}-${formatAddress(last)}`),
    );
  }
  return {
    cidr: text,
    inUse: [...used]
      .sort(([a], [b]) => compareAddresses(a, b))
      .map(([value, usedBy]) => ({ address: formatAddress(value), usedBy })),
    reserved: [...new Set([...[...met.values()].flatMap((subnet) => reservedAddresses(subnet, cidr)), ...delegated])],
  };
}

function noSubnet(cidr: string): ProviderErrorDescription {
  return {
    class: 'not-found',
    message: `no subnet of the nodes' VPCs has addresses of ${cidr}; create one, or correct the CIDR`,
  };
}
