import { pathToFileURL } from 'node:url';
import { createPlanner, plan, type ClusterSnapshot } from '../src/index.ts';
import { median, row, timed, type BenchmarkRow } from './benchmark.ts';
import { largeClusterJson, withOneChange } from './large-cluster.ts';

const rounds = 7;
/** Rounds before it counts: what is measured is the planner, and not how fast it is compiled. */
const warmUp = 2;
const nodes = 3_000;

/** Compares plans with JSON.parse of the same snapshot, and a plan after one change with a cold one. Medians of alternating rounds. */
export async function run(): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  for (const namespaces of [1_000, 10_000, 100_000]) rows.push(...compareSettled(namespaces, namespaces === 100_000));
  rows.push(compareNew(10_000));
  return rows;
}

/** Everything is where it should be, as it is when an operator starts. */
function compareSettled(namespaces: number, isBudgeted: boolean): BenchmarkRow[] {
  const json = largeClusterJson({ namespaces, nodes, settled: true });
  const times = { parse: [] as number[], cold: [] as number[], warm: [] as number[] };
  for (let round = -warmUp; round < rounds; round += 1) {
    if (round === 0) for (const list of Object.values(times)) list.length = 0;
    const snapshot = timed(times.parse, () => JSON.parse(json) as ClusterSnapshot);
    timed(times.cold, () => plan(snapshot));
    const planner = createPlanner();
    planner.plan(snapshot);
    let changed = snapshot;
    for (let change = 0; change < 3; change += 1) {
      changed = withOneChange(changed, (round + warmUp) * 3 + change);
      timed(times.warm, () => planner.plan(changed));
    }
  }
  const [parse, cold, warm] = [median(times.parse), median(times.cold), median(times.warm)];
  return [
    row(`plan, ${labelOf(namespaces)}, against JSON.parse`, cold, parse, isBudgeted ? 1 : undefined),
    row(`plan after one change, ${labelOf(namespaces)}, against a cold plan`, warm, cold, isBudgeted ? 0.2 : undefined),
  ];
}

/** Nobody has an address yet: for each namespace one plan gives out three, and says every step. */
function compareNew(namespaces: number): BenchmarkRow {
  const json = largeClusterJson({ namespaces, nodes, settled: false });
  const times = { parse: [] as number[], cold: [] as number[] };
  for (let round = -warmUp; round < rounds; round += 1) {
    if (round === 0) for (const list of Object.values(times)) list.length = 0;
    const snapshot = timed(times.parse, () => JSON.parse(json) as ClusterSnapshot);
    timed(times.cold, () => plan(snapshot));
  }
  return row(`plan, ${labelOf(namespaces)}, all of them new, against JSON.parse`, median(times.cold), median(times.parse));
}

function labelOf(namespaces: number): string {
  return `${namespaces.toLocaleString('en')} namespaces × 3 CIDRs × ${nodes.toLocaleString('en')} nodes`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) console.table(await run());
