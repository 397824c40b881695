import { pool, startBenchCluster, startOperator, wait, type BenchWatch } from './bench-cluster.ts';

/**
 * From the moment the API server says that a node is not Ready to the moment its watch says that all of its addresses
 * are elsewhere.
 */
export async function measureFailover(
  nodeCount: number,
  namespaceCount: number,
  samples: number,
): Promise<Readonly<Record<string, unknown>>> {
  const cluster = await startBenchCluster(nodeCount, namespaceCount);
  await cluster.client('pools').create(pool);
  const hosts = await cluster.watch('hostSubnets');
  const operator = await startOperator(cluster);
  await hosts.until((egressIPs) => [...egressIPs.values()].flat().length === 2 * namespaceCount);
  await wait(8_000);
  const times: number[] = [];
  let moved = 0;
  for (let sample = 0; sample < samples; sample += 1) {
    const [node, addresses] = busyNode(hosts, sample);
    const notReady = cluster.setReady(node, false).then(() => performance.now());
    await hosts.until((egressIPs) => egressIPs.get(node)?.length === 0 && isHosted(egressIPs, addresses));
    times.push(Math.max(0, performance.now() - (await notReady)));
    moved += addresses.length;
    await cluster.setReady(node, true);
    await wait(100);
  }
  times.sort((a, b) => a - b);
  const percentile = (share: number): number =>
    Math.round(times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0);
  const result = {
    nodes: nodeCount,
    namespaces: namespaceCount,
    'nodes lost': samples,
    'addresses moved': moved,
    'p50 (ms)': percentile(0.5),
    'p99 (ms)': percentile(0.99),
    'longest (ms)': percentile(1),
    'peak memory (MiB)': operator.memory().peak,
  };
  await operator.stop();
  await hosts.stop();
  await cluster.stop();
  return result;
}

function busyNode({ egressIPs }: BenchWatch, sample: number): readonly [string, readonly string[]] {
  const busy = [...egressIPs].filter(([, addresses]) => addresses.length > 0);
  return busy[(sample * 7919) % busy.length] ?? ['', []];
}

function isHosted(egressIPs: ReadonlyMap<string, readonly string[]>, addresses: readonly string[]): boolean {
  const hosted = new Set([...egressIPs.values()].flat());
  return addresses.every((address) => hosted.has(address));
}
