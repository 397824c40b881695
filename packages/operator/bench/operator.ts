// Measures the operator on a real API server. Needs kube-apiserver and etcd (see tools/envtest), the networks' CRDs,
// and a build.
import { measureConvergence } from './convergence.ts';
import { measureFailover } from './failover.ts';

const number = (name: string, preset: number): number => Number(process.env[name] ?? preset);

console.log('Namespaces that all come at once:');
console.table(await measureConvergence(20, number('BENCH_NAMESPACES', 1000)));
console.log('Nodes that are lost one by one:');
console.table(
  await measureFailover(number('BENCH_NODES', 1000), number('BENCH_NAMESPACES', 1000), number('BENCH_SAMPLES', 100)),
);
