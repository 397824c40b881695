import { pathToFileURL } from 'node:url';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createPlanner, plan, type ClusterSnapshot, type NetworkBackend } from '@egressip-ipam/core';
import { network as openShiftSdn } from '@egressip-ipam/network-openshift-sdn';
import { network as ovnKubernetes } from '@egressip-ipam/network-ovn-kubernetes';
import { median, row, timed, type BenchmarkRow } from '../../core/bench/benchmark.ts';
import {
  largeClusterJson,
  onOpenShiftSdn,
  onOvnKubernetes,
  withOneNamespaceChanged,
  withOneNodeFlipped,
  type LargeNetwork,
} from './large-cluster.ts';

const rounds = 7;
/** Rounds before it counts: what is measured is the planner, and not how fast it is compiled. */
const warmUp = 2;
const nodes = 3_000;
const sizes = [1_000, 10_000, 100_000];
/** The size that the budgets are for. */
const budgeted = 100_000;

const networks: readonly { readonly backend: NetworkBackend; readonly network: LargeNetwork }[] = [
  { backend: openShiftSdn, network: onOpenShiftSdn },
  { backend: ovnKubernetes, network: onOvnKubernetes },
];

/**
 * Compares plans with JSON.parse of the same snapshot, and plans after one change with a cold one, for every network.
 */
export async function run(): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  for (const { backend, network } of networks) {
    for (const namespaces of sizes) rows.push(...compareSettled(backend, network, namespaces));
    rows.push(compareNew(backend, network, 10_000));
  }
  return rows;
}

/** Everything is where it should be, as it is when an operator starts. */
function compareSettled(backend: NetworkBackend, network: LargeNetwork, namespaces: number): BenchmarkRow[] {
  const json = largeClusterJson({ network, namespaces, nodes, settled: true });
  const times = { parse: [] as number[], cold: [] as number[], namespace: [] as number[], node: [] as number[] };
  for (let round = -warmUp; round < rounds; round += 1) {
    if (round === 0) for (const list of Object.values(times)) list.length = 0;
    const snapshot = timed(times.parse, () => JSON.parse(json) as ClusterSnapshot);
    timed(times.cold, () => plan(snapshot, backend));
    const planner = createPlanner(backend);
    const settled = planner.plan(snapshot);
    if (settled.steps.length > 0) throw new Error(`the cluster is not settled: ${JSON.stringify(settled.steps[0])}`);
    let changed = snapshot;
    for (let change = 0; change < 3; change += 1) {
      const number = (round + warmUp) * 3 + change;
      changed = withOneNamespaceChanged(changed, number);
      timed(times.namespace, () => planner.plan(changed));
      changed = withOneNodeFlipped(changed, number);
      timed(times.node, () => planner.plan(changed));
      changed = withOneNodeFlipped(changed, number);
      planner.plan(changed);
    }
  }
  const [parse, cold] = [median(times.parse), median(times.cold)];
  const what = `${backend.title}, ${labelOf(namespaces)}`;
  const limit = (ratio: number): number | undefined => (namespaces === budgeted ? ratio : undefined);
  return [
    row(
      `${what} (${bytesPerNamespace(backend, json, namespaces)} B of memory per namespace): a cold plan, against JSON.parse`,
      cold,
      parse,
      limit(1),
    ),
    row(`${what}: a namespace changed, against a cold plan`, median(times.namespace), cold, limit(0.2)),
    row(`${what}: a node flipped, against a cold plan`, median(times.node), cold, limit(0.2)),
  ];
}

/** What a planner and its last plan hold beside the snapshot, once everything else is collected. */
function bytesPerNamespace(backend: NetworkBackend, json: string, namespaces: number): number {
  const snapshot = JSON.parse(json) as ClusterSnapshot;
  const before = heapInUse();
  const planner = createPlanner(backend);
  const held = { planner, plan: planner.plan(snapshot), snapshot };
  const bytes = (heapInUse() - before) / namespaces;
  if (held.plan.allocations.length !== namespaces) throw new Error('not every namespace has its addresses');
  return Math.round(bytes);
}

function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

/** Nobody has an address yet: for each namespace one plan gives out three, and says every step. */
function compareNew(backend: NetworkBackend, network: LargeNetwork, namespaces: number): BenchmarkRow {
  const json = largeClusterJson({ network, namespaces, nodes, settled: false });
  const times = { parse: [] as number[], cold: [] as number[] };
  for (let round = -warmUp; round < rounds; round += 1) {
    if (round === 0) for (const list of Object.values(times)) list.length = 0;
    const snapshot = timed(times.parse, () => JSON.parse(json) as ClusterSnapshot);
    timed(times.cold, () => plan(snapshot, backend));
  }
  const name = `${backend.title}, ${labelOf(namespaces)}, all of them new: a cold plan, against JSON.parse`;
  return row(name, median(times.cold), median(times.parse));
}

function labelOf(namespaces: number): string {
  return `${namespaces.toLocaleString('en')} namespaces × 3 CIDRs × ${nodes.toLocaleString('en')} nodes`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.table(await run());
}
