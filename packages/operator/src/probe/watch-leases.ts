import { Reflector, ResourceClient, type Clock, type RestClient } from '@egressip-ipam/kube';
import { nodeLeases } from '../network/resources.ts';

const leaseNamespace = 'kube-node-lease';

/** The kubelets' leases, and when each was seen to change. */
export interface LeaseWatch {
  /**
   * Milliseconds since the lease of a node was seen to change; undefined where it has none, or nothing is known yet.
   */
  ageOf(node: string): number | undefined;
  stop(): Promise<void>;
}

/** Watches the kubelets' leases. Ages are by our own clock, as clocks of nodes may differ. */
export function watchLeases(rest: RestClient, clock: Clock, onError: (error: unknown) => void): LeaseWatch {
  const changedAt = new Map<string, number>();
  const reflector = new Reflector<{ readonly renewTime: unknown }>({
    client: new ResourceClient(rest, nodeLeases),
    namespace: leaseNamespace,
    project: (object) => ({ renewTime: (object['spec'] as { renewTime?: unknown } | undefined)?.renewTime }),
    onChange: (change) => {
      const node = change.key.slice(change.key.indexOf('/') + 1);
      if (change.type === 'deleted') changedAt.delete(node);
      else if (change.type === 'added' || change.object.renewTime !== change.previous.renewTime)
        changedAt.set(node, clock.monotonic());
    },
    onError: (error, _retry, isRepeated) => {
      if (!isRepeated) onError(error);
    },
  });
  reflector.start();
  return {
    ageOf: (node) => {
      const at = changedAt.get(node);
      return at === undefined ? undefined : clock.monotonic() - at;
    },
    stop: () => reflector.stop(),
  };
}
