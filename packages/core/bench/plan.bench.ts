import { pathToFileURL } from 'node:url';
import { createPlanner, plan, type ClusterSnapshot } from '../src/index.ts';
import type { BenchmarkRow } from './address-set.bench.ts';
import { largeClusterJson, withOneChange } from './large-cluster.ts';

const rounds = 5;

/** Compares plans with JSON.parse of the same snapshot, and a plan after one change with a cold one. Medians of alternating rounds. */
export async function run(): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  for (const namespaces of [1_000, 10_000, 100_000]) rows.push(...compare(namespaces));
  return rows;
}

function compare(namespaces: number): BenchmarkRow[] {
  const json = largeClusterJson({ namespaces, nodes: 3_000, settled: true });
  const times = { parse: [] as number[], cold: [] as number[], warm: [] as number[] };
  const timed = <Result>(list: number[], work: () => Result): Result => {
    const start = performance.now();
    const result = work();
    list.push(performance.now() - start);
    return result;
  };
  for (let round = 0; round < rounds; round += 1) {
    const snapshot = timed(times.parse, () => JSON.parse(json) as ClusterSnapshot);
    timed(times.cold, () => plan(snapshot));
    const planner = createPlanner();
    planner.plan(snapshot);
    let changed = snapshot;
    for (let change = 0; change < 3; change += 1) {
      changed = withOneChange(changed, round * 3 + change);
      timed(times.warm, () => planner.plan(changed));
    }
  }
  const [parse, cold, warm] = [times.parse, times.cold, times.warm].map(median);
  const label = `${namespaces.toLocaleString('en')} namespaces × 3 CIDRs × 3,000 nodes`;
  return [row(`plan, ${label}, against JSON.parse`, cold, parse, 1), row(`plan after one change, ${label}, against a cold plan`, warm, cold, 0.2)];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function row(name: string, ours = 0, yardstick = 0, budget: number): BenchmarkRow {
  return { name, ours, yardstick, ratio: ours / yardstick, budget };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) console.table(await run());
