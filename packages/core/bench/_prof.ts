import { createPlanner, plan } from '../src/index.ts';
import { largeClusterJson, withOneChange } from './large-cluster.ts';
const s = JSON.parse(largeClusterJson({ namespaces: 100000, nodes: 3000, settled: process.argv[2] === 'settled' }));
if (process.argv[3] === 'warm') { const p = createPlanner(); let c = s; for (let i = 0; i < 20; i++) { c = withOneChange(c, i); p.plan(c); } }
else for (let i = 0; i < 10; i++) plan(s);
