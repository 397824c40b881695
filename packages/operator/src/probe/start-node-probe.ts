import type { Clock, RestClient } from '@egressip-ipam/kube';
import type { Log } from '../log/log.ts';
import { reasonOf } from '../output/reason-of.ts';
import type { ClusterStore } from '../store/cluster-store.ts';
import { canConnect } from './can-connect.ts';
import { NodeProbe } from './node-probe.ts';
import { watchLeases } from './watch-leases.ts';

const connectTimeout = 1_000;

/** A node probe at work. */
export interface RunningProbe {
  readonly dead: ReadonlySet<string>;
  stop(): Promise<void>;
}

/** What a probe is told and tells. */
export interface ProbeOptions {
  readonly rest: RestClient;
  readonly store: ClusterStore;
  readonly clock: Clock;
  readonly log: Log;
  /** The TCP port of nodes, by default the kubelet's. */
  readonly port: number;
  readonly onChange: () => void;
  readonly onDead: (node: string, message: string) => void;
}

/** Starts to probe the nodes of a cluster. */
export function startNodeProbe({ rest, store, clock, log, port, onChange, onDead }: ProbeOptions): RunningProbe {
  const leases = watchLeases(rest, clock, (error) =>
    log.warn('the leases of nodes cannot be read', { reason: reasonOf(error) }),
  );
  const probe = new NodeProbe({
    clock,
    nodes: () =>
      store.nodes
        .list()
        .filter(({ ready }) => ready)
        .map(({ name, addresses }) => ({ name, address: addresses[0] })),
    leaseAge: (node) => leases.ageOf(node),
    canConnect: (address) => canConnect(address, port, connectTimeout),
    onChange,
    onDead: (node, age) => {
      const message = `its lease is ${Math.round(age / 1000)} s old and port ${port} takes no connection: it counts as not ready, and its addresses move`;
      log.warn('a node is dead', { node, reason: message });
      onDead(node, message);
    },
    onSuspended: (missing, all) =>
      log.warn('too many nodes are missing at once for all of them to be dead; nothing moves', { missing, all }),
  });
  probe.start();
  return {
    dead: probe.dead,
    stop: () => {
      probe.stop();
      return leases.stop();
    },
  };
}
