// Breaks the code of each law in one place at a time, and looks whether a test named after the law fails.
// A mutant that survives is a hole in the tests. Restores every file; refuses to touch one that is not committed.
// `node tools/mutants.mjs classify` breaks only files whose path has that in it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const source = 'packages/core/src';

const only = process.argv[2] ?? '';

/** Per mutant: the law, the file, what stands there, and what stands there instead. */
const mutants = [
  ['law 1', 'allocate/mark-uses.ts', 'for (const node of snapshot.nodes) take(node.addresses);', ''],
  ['law 1', 'allocate/classify.ts', 'if (loser === claim) continue;', ''],
  ['law 1', 'allocate/settle.ts', '!span.taken.add(address)', '(span.taken.add(address), false)'],
  ['law 1', 'network/host-subnets.ts', 'if (hosted !== -1 && hosted !== node) after.push(`host/${world.nodes.nameOf(hosted)}`);', ''],
  ['law 2', 'allocate/classify.ts', 'const before = record.length > 0 ? record : adoptable(', 'const before = adoptable('],
  ['law 2', 'allocate/classify.ts', 'filter((address) => !refused.includes(address));\n  const claim', 'filter((address) => egressIPAM.assignments.some((entry) => contains(entry, address)));\n  const claim'],
  ['law 3', 'place/placer.ts', 'if (slot !== item.slot && this.#addresses.placedOn[slot] === node + 1) return slot;', ''],
  ['law 4', 'place/node-table.ts', 'return (family === 4 ? ipv4 < capacity.ipv4 : ipv6 < capacity.ipv6) && ipv4 + ipv6 < capacity.total;', 'return ipv4 + ipv6 < Infinity || family === 4 || capacity === unlimited;'],
  ['law 5', 'network/host-subnets.ts', '((flags[slot] ?? 0) & (AddressFlag.recorded | AddressFlag.releasing)) !== 0', 'true'],
  ['law 6', 'allocate/serve-claims.ts', 'if (unsynced.length > 0) return', 'if (unsynced.length > 99) return'],
  ['law 6', 'allocate/serve-claims.ts', 'if (source.provider.observationRequired && observed === undefined) {', 'if (source.provider.observationRequired && observed === null) {'],
  ['law 7', 'network/openshift-sdn.ts', 'hosts.afterHosting(claim, address).forEach((id) => after.add(id));', 'void hosts;'],
  ['law 7', 'network/openshift-sdn.ts', 'return [releases.get(address), detachOf', 'return [detachOf'],
  ['law 8', 'parse/parse-node.ts', 'const invalid = ', "if (source.hostCIDRs === '{') throw new Error('a bad node');\n  const invalid = "],
  ['law 8', 'allocate/classify.ts', "if (namespace.invalid.length > 0) return true;", "if (namespace.invalid.length > 0) throw new Error('a bad namespace');"],
  ['law 9', 'network/host-subnets.ts', 'hostedIPs: hosted.length === 0 ? null : hosted', 'hostedIPs: hosted.length > -1 ? null : hosted'],
  ['law 10', 'network/openshift-sdn.ts', 'return same && target.length === current.length ? current : target;', 'return target;'],
  ['law 10', 'network/annotations.ts', 'if (listsAll && (onRecord || isLegacy(claim))) return undefined;', 'if (listsAll && isLegacy(claim)) return undefined;'],
];

const report = join(mkdtempSync(join(tmpdir(), 'mutants-')), 'report.json');
let survived = 0;
for (const [law, file, before, after] of mutants.filter(([, path]) => path.includes(only))) {
  const path = join(source, file);
  const text = readFileSync(path, 'utf8');
  if (execFileSync('git', ['status', '--porcelain', path]).length > 0) throw new Error(`${path} has changes that are not committed`);
  if (text.split(before).length !== 2) throw new Error(`${path}: stands there ${text.split(before).length - 1} times, not once: ${before}`);
  let failures;
  try {
    writeFileSync(path, text.replace(before, () => after));
    spawnSync('npx', ['vitest', 'run', source, '--reporter=json', `--outputFile=${report}`], { stdio: 'ignore' });
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
    if (testResults.some(({ assertionResults }) => assertionResults.length === 0)) throw new Error(`${path} is no program with this in it: ${after}`);
    failures = testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'failed').map(({ title }) => title));
  } finally {
    writeFileSync(path, text);
  }
  const caught = failures.find((title) => title.startsWith(`${law}:`));
  if (caught === undefined) survived += 1;
  console.log(`${caught === undefined ? 'SURVIVED' : 'caught  '}  ${law}  ${file}: ${before.split('\n')[0].slice(0, 80)}\n          ${caught ?? `${failures.length} other tests fail`}`);
}
console.log(`${survived} survived`);
process.exitCode = survived === 0 ? 0 : 1;
