// A long run at a steady rate of changes, on a real API server: whether memory and the time from claim to traffic stay
// what they are. SOAK_MINUTES, SOAK_RATE (changes a second) and BENCH_NAMESPACES set its length and size.
import { removeNamespace } from '../test/integration/support/remove-namespace.ts';
import {
  each,
  pool,
  startBenchCluster,
  startOperator,
  wait,
  type BenchCluster,
  type BenchWatch,
} from './bench-cluster.ts';

const number = (name: string, preset: number): number => Number(process.env[name] ?? preset);
const minutes = number('SOAK_MINUTES', 15);
const rate = number('SOAK_RATE', 15);
const namespaceCount = number('BENCH_NAMESPACES', 1000);
const nodeCount = 50;
/** How many of the namespaces that come and go are there at once. */
const lodgers = 60;
const claim = { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' };

const cluster = await startBenchCluster(nodeCount, namespaceCount);
await cluster.client('pools').create(pool);
const bindings = await cluster.watch('netNamespaces');
const operator = await startOperator(cluster);
await bindings.until(
  (egressIPs) => [...egressIPs.values()].filter(({ length }) => length === 2).length === namespaceCount,
);
await wait(10_000);
const before = operator.processorSeconds();
await wait(60_000);
console.log(
  `idle at ${namespaceCount} namespaces: ${(operator.processorSeconds() - before).toFixed(2)} CPU seconds a minute`,
);

const rows: Record<string, unknown>[] = [];
for (let minute = 1; minute <= minutes; minute += 1) {
  const times = await changesOfOneMinute(cluster, bindings, minute);
  times.sort((a, b) => a - b);
  const percentile = (share: number): number => Math.round(times[Math.floor(share * times.length)] ?? NaN);
  rows.push({
    minute,
    claims: times.length,
    'p50 (ms)': percentile(0.5),
    'p99 (ms)': percentile(0.99),
    'RSS (MiB)': operator.memory().resident,
  });
  console.log(JSON.stringify(rows.at(-1)));
}
console.table(rows);
await operator.stop();
await bindings.stop();
await cluster.stop();

/** From the answer to the creation of a claiming namespace to the watch that shows it bound, of each. */
async function changesOfOneMinute(
  { client, setReady, rest }: BenchCluster,
  { until }: BenchWatch,
  minute: number,
): Promise<number[]> {
  const times: number[] = [];
  const pending: Promise<unknown>[] = [];
  const present: string[] = [];
  const end = performance.now() + 60_000;
  const leave = async (name: string): Promise<void> => {
    // No controller finishes namespaces here, and the SDN's is not there either.
    await removeNamespace(rest, name);
    await client('netNamespaces').delete({ name });
  };
  for (let change = 0; performance.now() < end; change += 1) {
    const due = wait(1000 / rate);
    if (change % 30 === 29) {
      const node = `node-${String(change % nodeCount).padStart(4, '0')}`;
      pending.push(
        setReady(node, false)
          .then(() => wait(500))
          .then(() => setReady(node, true)),
      );
    } else if (change % 2 === 0) {
      const name = `soak-${minute}-${change}`;
      pending.push(
        (async () => {
          await client('netNamespaces').create({
            metadata: { name },
            netname: name,
            netid: 1_000_000 + minute * 10_000 + change,
            egressIPs: [],
          });
          await client('namespaces').create({ metadata: { name, annotations: claim } });
          const asked = performance.now();
          await until((egressIPs) => egressIPs.get(name)?.length === 2);
          times.push(performance.now() - asked);
          // One that left before would be waited for without end.
          present.push(name);
        })(),
      );
    } else if (present.length > lodgers) pending.push(leave(present.shift() ?? ''));
    await due;
  }
  await Promise.all(pending);
  await each(present, leave);
  return times;
}
