import { randomUUID } from 'node:crypto';
import { FencedError, LeaderElector, type RestClient } from '@egressip-ipam/kube';

/** The Lease under which a cluster manager works. */
export interface ManagerLeaseOptions {
  /** That of OpenShift is `openshift-ovn-kubernetes`. Default `ovn-kubernetes`. */
  readonly namespace?: string;
  /** Milliseconds for which it holds without being renewed. Default 60,000, that of OVN-Kubernetes. */
  readonly duration?: number;
}

/** A Lease that a cluster manager holds. */
export interface ManagerLease {
  /** Writes as long as it holds it. */
  readonly rest: RestClient;
  /** Lets go of it: another may take it at once. */
  readonly release: () => Promise<void>;
  /** Writes nothing any more: it has to run out. */
  readonly abandon: () => Promise<void>;
}

/** Resolves when it holds the Lease: when nobody else does, or the time of that one has run out. */
export async function holdManagerLease(
  rest: RestClient,
  { namespace = 'ovn-kubernetes', duration = 60_000 }: ManagerLeaseOptions,
  onError?: (error: unknown) => void,
): Promise<ManagerLease> {
  let isKilled = false;
  const beAlive = (): void => {
    if (isKilled) throw new FencedError('the process was killed');
  };
  const elected = Promise.withResolvers<void>();
  const elector = new LeaderElector({
    client: rest.withFence(beAlive),
    namespace,
    name: 'ovn-kubernetes-master',
    identity: randomUUID(),
    leaseDuration: duration,
    // As OVN-Kubernetes' 60, 30 and 20 s are to one another.
    renewDeadline: duration / 2,
    retryPeriod: duration / 3,
    onElected: elected.resolve,
    onError: (error) => (isKilled ? undefined : onError?.(error)),
  });
  elector.start();
  await elected.promise;
  return {
    rest: rest.withFence(() => {
      beAlive();
      elector.fence();
    }),
    release: () => elector.stop(),
    abandon: () => {
      isKilled = true;
      return elector.stop();
    },
  };
}
