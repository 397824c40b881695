import type { Read } from '../finding/read.ts';
import { asRecord, ObjectReader } from './object-reader.ts';
import type { InfrastructureSnapshot } from './snapshot.ts';

/**
 * The fields of a platform's status, and of what is asked for it, that hold the cluster's own addresses
 * (config.openshift.io/v1, every platform type).
 */
const addressFields = [
  'apiServerInternalIP',
  'apiServerInternalIPs',
  'ingressIP',
  'ingressIPs',
  'nodeDNSIP',
  'apiLoadBalancerIPs',
  'apiIntLoadBalancerIPs',
  'ingressLoadBalancerIPs',
];

/** Reads OpenShift's Infrastructure object. Never throws. */
export function readInfrastructure(object: unknown): Read<InfrastructureSnapshot> {
  const reader = new ObjectReader(object, 'Infrastructure');
  const platform = reader.text('status', 'platformStatus', 'type') ?? reader.text('status', 'platform');
  // What is asked for is there before the status says so.
  const virtualIPs = [
    ...addressesIn(reader.record('status', 'platformStatus') ?? {}),
    ...addressesIn(reader.record('spec', 'platformSpec') ?? {}),
  ];
  return reader.result({
    ...(platform === undefined || platform === '' ? {} : { platform }),
    virtualIPs: [...new Set(virtualIPs)],
  });
}

/** Wherever a platform has them: in its own part, or a level further down. */
function addressesIn(part: Readonly<Record<string, unknown>>, depth = 0): readonly string[] {
  return Object.entries(part).flatMap(([field, value]) => {
    if (addressFields.includes(field)) {
      return [value].flat().filter((entry): entry is string => typeof entry === 'string' && entry !== '');
    }
    return depth < 3 ? addressesIn(asRecord(value), depth + 1) : [];
  });
}
