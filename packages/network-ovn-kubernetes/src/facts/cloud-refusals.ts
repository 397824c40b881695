import type { Address, NetworkView } from '@egressip-ipam/core';
import type { ParsedConfig } from './parse-config.ts';
import type { ParsedEgressIP } from './parse-egress-ip.ts';

/**
 * A CloudPrivateIPConfig that came this soon after its EgressIP was made or changed is the first one that there was for
 * the address.
 */
const firstAttempt = 600_000;
/** What clouds say when the interface is full: that is no fault of the address. */
const fullInterface = /limit|capacity|exceed|no more|quota/i;
/** What clouds say of an address that somebody has. */
const takenAddress = /in ?use|already|allocated|reserved/i;
/** What clouds say, or clients of clouds, when nothing is wrong with the address. */
const otherTrouble = new RegExp(
  [
    'throttl|too ?many|unauthori[sz]ed|not authorized|forbidden|denied|permission|credential|auth\\w* ?fail|token',
    'time(d ?|-)?out|deadline|cancel|connection|dial tcp|no such host|unavailable|internal|\\b5\\d\\d\\b|EOF',
    'in ?progress|does not exist|not ?found',
  ].join('|'),
  'i',
);
/**
 * When so many addresses were refused and none is attached, it is not for the addresses: nobody is given another one in
 * vain.
 */
const mostInVain = 32;

/**
 * Whether a CloudPrivateIPConfig says that the cloud would not attach its address to any node, because of the address.
 */
function isCloudRefusal({ source: { assigned, reason, generation = 1, message = '' } }: ParsedConfig): boolean {
  if (assigned !== 'False' || reason !== 'CloudResponseError' || generation > 1 || fullInterface.test(message))
    return false;
  return takenAddress.test(message) || !otherTrouble.test(message);
}

/**
 * Addresses that the cloud refused before it ever attached them: someone outside of the cluster has them. A
 * CloudPrivateIPConfig keeps its generation while its node does not change, so that one of generation 1 whose
 * assignment failed never held the address.
 */
export function refusedByCloud(
  configs: readonly ParsedConfig[],
  egressIPs: readonly ParsedEgressIP[],
  { refused }: NetworkView,
): ReadonlySet<Address> {
  const addresses = new Set<Address>();
  const isAnyAttached = (): boolean => configs.some(({ source }) => source.assigned === 'True');
  if (refused.length >= mostInVain && !isAnyAttached()) return addresses;
  for (const config of configs) {
    if (isCloudRefusal(config) && isFirstAttempt(config, egressIPs)) addresses.add(config.address);
  }
  return addresses;
}

function isFirstAttempt({ address, source }: ParsedConfig, egressIPs: readonly ParsedEgressIP[]): boolean {
  const holder = egressIPs.find(({ addresses }) => addresses.includes(address));
  if (holder === undefined || holder.hosted.some((entry) => entry.address === address)) return false;
  const since = Date.parse(holder.source.appliedAt ?? holder.source.createdAt);
  const age = source.createdAt === undefined ? 0 : Date.parse(source.createdAt) - since;
  return !(age > firstAttempt);
}
