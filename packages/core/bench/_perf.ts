import { createPlanner, plan } from '../src/index.ts';
import { largeClusterJson, withOneChange } from './large-cluster.ts';
for (const settled of [true, false]) for (const n of [1000, 10000, 100000]) {
  const json = largeClusterJson({ namespaces: n, nodes: 3000, settled });
  const parse: number[] = [], cold: number[] = [], warm: number[] = [];
  let p: any;
  for (let i = 0; i < 5; i++) {
    let t0 = performance.now(); const s = JSON.parse(json); parse.push(performance.now() - t0);
    t0 = performance.now(); p = plan(s); cold.push(performance.now() - t0);
    const planner = createPlanner(); planner.plan(s);
    let c = s;
    for (let k = 0; k < 3; k++) { c = withOneChange(c, k + 1); t0 = performance.now(); planner.plan(c); warm.push(performance.now() - t0); }
  }
  const med = (a: number[]) => a.sort((x, y) => x - y)[a.length >> 1]!.toFixed(1);
  console.log(settled, n, 'json MB', (json.length / 1e6).toFixed(1), 'parse', med(parse), 'cold', med(cold), 'warm', med(warm), 'steps', p.steps.length, 'findings', p.findings.length, 'waiting', p.waiting.length);
}
