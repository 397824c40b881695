import type { Address } from '../address/address.ts';
import type { CloudPrivateIPConfigSnapshot } from '../snapshot/snapshot.ts';
import type { ParsedCloudPrivateIPConfig, ParsedEgressIP } from '../parse/parse-network-objects.ts';

/** A CloudPrivateIPConfig that came this soon after its EgressIP is the first one that there was for the address. */
const firstAttempt = 600_000;
/** What clouds say when the interface is full: that is no fault of the address. */
const fullInterface = /limit|capacity|exceed|no more|quota/i;

/** Whether a CloudPrivateIPConfig says that the cloud would not attach its address to any node, because of the address. */
export function isCloudRefusal({ assigned, reason, generation = 1, message = '' }: CloudPrivateIPConfigSnapshot): boolean {
  return assigned === 'False' && reason === 'CloudResponseError' && generation <= 1 && !fullInterface.test(message);
}

/**
 * Addresses that the cloud refused before it ever attached them: someone outside of the
 * cluster has them. A CloudPrivateIPConfig keeps its generation while its node does not
 * change, so that one of generation 1 whose assignment failed never held the address.
 */
export function refusedByCloud(configs: readonly ParsedCloudPrivateIPConfig[], egressIPs: readonly ParsedEgressIP[]): Set<Address> {
  const refused = new Set<Address>();
  for (const { source, address } of configs) {
    if (address === undefined || !isCloudRefusal(source)) continue;
    const holder = egressIPs.find((egressIP) => egressIP.egressIPs.includes(address));
    if (holder === undefined || holder.assigned.some((entry) => entry.address === address)) continue;
    const age = source.createdAt === undefined ? 0 : Date.parse(source.createdAt) - Date.parse(holder.source.createdAt);
    if (!(age > firstAttempt)) refused.add(address);
  }
  return refused;
}
