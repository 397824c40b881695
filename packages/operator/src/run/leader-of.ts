import { isForbidden, isNotFound, ResourceClient, type RestClient } from '@egressip-ipam/kube';
import { nodeLeases as leases } from '../network/resources.ts';

/** The name of the Lease that makes one replica the writer. */
export const leaseName = 'egressip-ipam-operator';

interface LeaseSpec {
  readonly holderIdentity?: unknown;
  readonly renewTime?: unknown;
  readonly leaseDurationSeconds?: unknown;
}

/**
 * Who acts as the operator now: the holder of the Lease, while its time has not run out.
 *
 * @param now milliseconds since the epoch
 */
export async function leaderOf(rest: RestClient, namespace: string, now: number): Promise<string | undefined> {
  const lease = await new ResourceClient(rest, leases).get({ namespace, name: leaseName }).catch((error: unknown) => {
    if (isNotFound(error) || isForbidden(error)) return undefined;
    throw error;
  });
  const { holderIdentity, renewTime, leaseDurationSeconds } = (lease?.['spec'] ?? {}) as LeaseSpec;
  if (typeof holderIdentity !== 'string' || holderIdentity === '') return undefined;
  const end = Date.parse(String(renewTime)) + Number(leaseDurationSeconds) * 1_000;
  return end > now ? holderIdentity : undefined;
}
