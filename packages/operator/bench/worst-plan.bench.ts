import { pathToFileURL } from 'node:url';
import process from 'node:process';
import { plan, type ClusterSnapshot, type NetworkBackend } from '@egressip-ipam/core';
import { settle } from '@egressip-ipam/core/simulate';
import { network as antrea } from '@egressip-ipam/network-antrea';
import { network as cilium } from '@egressip-ipam/network-cilium';
import { network as openShiftSdn } from '@egressip-ipam/network-openshift-sdn';
import { network as ovnKubernetes } from '@egressip-ipam/network-ovn-kubernetes';
import { row, timed, type BenchmarkRow } from '../../core/bench/benchmark.ts';
import { largeClusterJson, onOpenShiftSdn } from './large-cluster.ts';
import { worstClusters, worstSnapshot } from './worst-clusters.ts';

const rounds = 5;
const networks: readonly NetworkBackend[] = [openShiftSdn, ovnKubernetes, cilium, antrea];

/** What one plan of the operator gives out at the most. */
const mostNew = 50_000;

/** A second, on a machine that reads the snapshot of 100,000 namespaces in a sixth of one. */
const budget = 6;

/**
 * Compares plans of clusters in bad shapes, as large as Kubernetes takes them, with JSON.parse of a snapshot of 100,000
 * namespaces: none is to take a second.
 */
export async function run(): Promise<BenchmarkRow[]> {
  const json = largeClusterJson({ network: onOpenShiftSdn, namespaces: 100_000, nodes: 3_000, settled: true });
  return worstClusters.flatMap((cluster) =>
    networks.map((backend) => {
      const fresh = worstSnapshot(cluster, backend.name);
      const text = JSON.stringify(cluster.happening?.(settle(fresh, backend)) ?? fresh);
      const times = { parse: [] as number[], plan: [] as number[] };
      for (let round = 0; round < rounds; round += 1) {
        timed(times.parse, () => JSON.parse(json) as ClusterSnapshot);
        const snapshot = JSON.parse(text) as ClusterSnapshot;
        timed(times.plan, () => plan(snapshot, backend, { mostNew }));
      }
      return row(`${backend.title}, ${cluster.name}`, Math.min(...times.plan), Math.min(...times.parse), budget);
    }),
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.table(await run());
}
