import type { Address } from '../address/address.ts';
import type { ParsedSnapshot } from '../parse/parser.ts';
import type { CloudPrivateIPConfigSnapshot } from '../snapshot/snapshot.ts';

/** A CloudPrivateIPConfig that came this soon after its EgressIP was made or changed is the first one that there was for the address. */
const firstAttempt = 600_000;
/** What clouds say when the interface is full: that is no fault of the address. */
const fullInterface = /limit|capacity|exceed|no more|quota/i;
/** What clouds say of an address that somebody has. */
const takenAddress = /in ?use|already|allocated|reserved/i;
/** What clouds say, or clients of clouds, when nothing is wrong with the address. */
const otherTrouble =
  /throttl|too ?many|unauthori[sz]ed|not authorized|forbidden|denied|permission|credential|auth\w* ?fail|token|time(d ?|-)?out|deadline|cancel|connection|dial tcp|no such host|unavailable|internal|\b5\d\d\b|EOF|in ?progress|does not exist|not ?found/i;
/** When so many addresses were refused and none is attached, it is not for the addresses: nobody is given another one in vain. */
const mostInVain = 32;

/** Whether a CloudPrivateIPConfig says that the cloud would not attach its address to any node, because of the address. */
export function isCloudRefusal({ assigned, reason, generation = 1, message = '' }: CloudPrivateIPConfigSnapshot): boolean {
  if (assigned !== 'False' || reason !== 'CloudResponseError' || generation > 1 || fullInterface.test(message)) return false;
  return takenAddress.test(message) || !otherTrouble.test(message);
}

/**
 * Addresses that the cloud refused before it ever attached them: someone outside of the
 * cluster has them. A CloudPrivateIPConfig keeps its generation while its node does not
 * change, so that one of generation 1 whose assignment failed never held the address.
 */
export function refusedByCloud({ cloudPrivateIPConfigs, egressIPs, source }: ParsedSnapshot): Set<Address> {
  const refused = new Set<Address>();
  if ((source.refused?.length ?? 0) >= mostInVain && !cloudPrivateIPConfigs.some((config) => config.source.assigned === 'True')) return refused;
  for (const { source: config, address } of cloudPrivateIPConfigs) {
    if (address === undefined || !isCloudRefusal(config)) continue;
    const holder = egressIPs.find((egressIP) => egressIP.egressIPs.includes(address));
    if (holder === undefined || holder.assigned.some((entry) => entry.address === address)) continue;
    const age = config.createdAt === undefined ? 0 : Date.parse(config.createdAt) - Date.parse(holder.source.appliedAt ?? holder.source.createdAt);
    if (!(age > firstAttempt)) refused.add(address);
  }
  return refused;
}
