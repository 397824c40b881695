import { readServiceAddresses, type Finding, type UsedAddress } from '@egressip-ipam/core';
import { asRecord, compareNames } from '@egressip-ipam/core/plugin';

/** So many addresses of one Service count: no more are kept of it. */
const mostOfService = 64;
/** So many of all Services of a namespace: whoever may write Services there cannot use up a pool. */
const mostOfNamespace = 256;

/** What a Service answers for outside of the cluster. */
export interface ServiceUse {
  readonly namespace: string;
  /** The first of its addresses. */
  readonly used: readonly UsedAddress[];
  /** How many it names. */
  readonly named: number;
}

/** What all Services use, and what does not count. */
export interface ServiceUses {
  /** Sorted by address. */
  readonly used: readonly UsedAddress[];
  readonly problems: readonly Finding[];
}

/** Reads a Service; most use nothing outside of the cluster. Never throws. */
export function readServiceUse(object: unknown): readonly ServiceUse[] {
  const addresses = readServiceAddresses(object);
  const { namespace } = asRecord(asRecord(object)['metadata']);
  if (addresses.length === 0 || typeof namespace !== 'string') return [];
  return [{ namespace, used: addresses.slice(0, mostOfService), named: addresses.length }];
}

/** What Services use together, each namespace no more than one may. */
export function allServiceUses(uses: readonly ServiceUse[]): ServiceUses {
  const used: UsedAddress[] = [];
  const problems: Finding[] = [];
  for (const [namespace, own] of Map.groupBy(uses, (use) => use.namespace)) {
    const counted = own.flatMap((use) => use.used).slice(0, mostOfNamespace);
    const named = own.reduce((sum, use) => sum + use.named, 0);
    used.push(...counted);
    if (named > counted.length) problems.push(tooMany(namespace, named, counted.length));
  }
  used.sort((one, other) => compareNames(one.address, other.address) || compareNames(one.usedBy, other.usedBy));
  return { used, problems };
}

function tooMany(namespace: string, named: number, counted: number): Finding {
  return {
    code: 'InvalidObject',
    severity: 'warning',
    object: { kind: 'Namespace', name: namespace },
    message: `its Services name ${named} addresses outside of the cluster, of which ${counted} count as in use (${mostOfService} of a Service, ${mostOfNamespace} of a namespace): take out of externalIPs what no Service needs`,
  };
}
