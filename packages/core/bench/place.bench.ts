import { pathToFileURL } from 'node:url';
import { World } from '../src/allocate/world.ts';
import type { ClusterSnapshot } from '../src/index.ts';
import { Parser } from '../src/parse/parser.ts';
import { Placer } from '../src/place/placer.ts';
import { median, row, timed, type BenchmarkRow } from './benchmark.ts';
import { largeClusterJson } from './large-cluster.ts';

const addresses = 10_000;
const nodes = 1_000;
const rounds = 15;
const warmUp = 5;

/** Compares placing with a loop that looks at all nodes for the least loaded one, and keeping with a loop that only counts. */
export async function run(): Promise<BenchmarkRow[]> {
  // Zones come by turns: with three times as many nodes one zone has them.
  const snapshot = JSON.parse(largeClusterJson({ namespaces: 0, nodes: 3 * nodes, settled: false })) as ClusterSnapshot;
  const times = { cold: [] as number[], steady: [] as number[], scan: [] as number[], count: [] as number[] };
  for (let round = -warmUp; round < rounds; round += 1) {
    if (round === 0) for (const list of Object.values(times)) list.length = 0;
    const placed = timed(times.cold, placeAll(snapshot));
    timed(times.scan, scanAll);
    timed(times.steady, keepAll(snapshot, placed));
    timed(times.count, () => countAll(placed));
  }
  const label = `${addresses.toLocaleString('en')} addresses × ${nodes.toLocaleString('en')} nodes`;
  return [
    row(`place, ${label}, against a loop that looks at every node for each`, median(times.cold), median(times.scan)),
    row(`leave in place, ${label}, against a loop that counts`, median(times.steady), median(times.count)),
  ];
}

/** Places one address after the other; returns the node of each. */
function placeAll(snapshot: ClusterSnapshot): () => readonly number[] {
  const world = new World(new Parser().parse(snapshot));
  const placer = new Placer(world.addresses, world.nodes);
  const group = world.nodes.groups[0]?.[0];
  if (group?.candidates.length !== nodes) throw new Error(`${nodes} candidates are expected`);
  return () => {
    const items = Array.from({ length: addresses }, (_, index) => placer.item(0x0a000001 + index, group, { slots: [] }));
    if (!placer.placeAll(items)) throw new Error('not all addresses were placed');
    return items.map(({ node }) => node);
  };
}

function keepAll(snapshot: ClusterSnapshot, placed: readonly number[]): () => void {
  const world = new World(new Parser().parse(snapshot));
  const placer = new Placer(world.addresses, world.nodes);
  return () => placed.forEach((node, index) => placer.keep(world.addresses.slotOf(0x0a000001 + index), 4, node));
}

function scanAll(): Int32Array {
  const load = new Int32Array(nodes);
  for (let address = 0; address < addresses; address += 1) {
    let least = 0;
    for (let node = 1; node < nodes; node += 1) if ((load[node] ?? 0) < (load[least] ?? 0)) least = node;
    load[least] = (load[least] ?? 0) + 1;
  }
  return load;
}

function countAll(placed: readonly number[]): Int32Array {
  const load = new Int32Array(3 * nodes);
  for (const node of placed) load[node] = (load[node] ?? 0) + 1;
  return load;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) console.table(await run());
