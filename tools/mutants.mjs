// Breaks the code of each law and each back end in one place at a time, and looks whether a test named after the law
// fails. A mutant that survives is a hole in the tests. Restores every file; refuses to touch one that is not committed.
// `node tools/mutants.mjs WORD` tries only those whose law, file or test file has the word in it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
<<<<<<< ours
import { applied, mutants } from './mutants/list.mjs';
=======

const plain = 'packages/core/src/plain/plain-network.test.ts';
const suiteOf = (network) => `packages/network-${network}/src/network.test.ts`;

/** Per mutant: the law, the file, what stands there once, what stands there instead, and the test file that must fail. */
const mutants = [
  [
    'law 1',
    'core/src/allocate/allocate.ts',
    'ledger.take(address);\n      chosen.push(address);',
    'chosen.push(address);',
    plain,
  ],
  [
    'law 1',
    'network-openshift-sdn/src/render/host-steps.ts',
    '...otherHostsOf(decisions, facts, address, node).map((other) => afterLeaving(other, movingFrom)),',
    '',
    suiteOf('openshift-sdn'),
  ],
  [
    'law 2',
    'core/src/claims/read-claims.ts',
    'const kept = promised.filter((address) => confirmed.has(address));',
    'const kept = promised.filter((address) => confirmed.has(address) && pool.assignmentOf(address) !== undefined);',
    plain,
  ],
  [
    'law 2',
    'core/src/testing/laws/laws.ts',
    '[...happenings, ...nodeLoss]',
    'happenings',
    'packages/core/src/testing/laws/laws.test.ts',
  ],
  [
    'law 3',
    'core/src/place/placer.ts',
    'if (slot !== item.slot && this.#ledger.placement.is(slot, node)) return slot;',
    '',
    plain,
  ],
  [
    'law 3',
    'network-antrea/src/render/egress-steps.ts',
    'hosted: address === leading || address === active',
    'hosted: true',
    suiteOf('antrea'),
  ],
  [
    'law 4',
    'core/src/allocate/allocate.ts',
    'if (items.length === fresh.length && placer.placeAll(items)) return undefined;',
    'placer.placeAll(items);\n    return undefined;',
    plain,
  ],
  [
    'law 4',
    'core/src/place/node-table.ts',
    'return (family === 4 ? ipv4 < capacity.ipv4 : ipv6 < capacity.ipv6) && ipv4 + ipv6 < capacity.total;',
    'return ipv4 + ipv6 < Infinity;',
    suiteOf('openshift-sdn'),
  ],
  [
    'law 5',
    'core/src/ledger/address-ledger.ts',
    '((this.#marks[slot] ?? 0) & (bits.recorded | bits.releasing)) !== 0 && ',
    '',
    suiteOf('openshift-sdn'),
  ],
  [
    'law 5',
    'network-ovn-kubernetes/src/facts/parse-egress-ip.ts',
    'if (applied !== undefined) return applied;',
    'if (applied !== undefined) return true;',
    'packages/network-ovn-kubernetes/src/facts/ownership.test.ts',
  ],
  [
    'law 5',
    'network-ovn-kubernetes/src/kinds/egress-ip.ts',
    'return earlier > 0 ? undefined : true;',
    'return earlier <= 0;',
    'packages/network-ovn-kubernetes/src/facts/ownership.test.ts',
  ],
  ['law 6', 'core/src/allocate/readiness.ts', 'if (unsynced.length > 0) {', 'if (unsynced.length > 99) {', plain],
  [
    'law 7',
    'network-openshift-sdn/src/render/bind-steps.ts',
    'claim === undefined ? [] : bound.flatMap(',
    'claim !== undefined ? [] : bound.flatMap(',
    suiteOf('openshift-sdn'),
  ],
  [
    'law 8',
    'core/src/parse/parse-egress-ipam.ts',
    'const assignments = parseAssignments(source.cidrAssignments, report);',
    "if (source.createdAt === 'never') throw new Error('a bad EgressIPAM');\n  const assignments = parseAssignments(source.cidrAssignments, report);",
    plain,
  ],
  [
    'law 9',
    'core/src/render/attachments.ts',
    'for (const address of attached) if (ledger.isLeaving(ledger.slotOf(address))) yield leave(address, node);',
    '',
    suiteOf('openshift-sdn'),
  ],
  [
    'law 9',
    'network-ovn-kubernetes/src/render/deletions.ts',
    'egressIP.ours && decisions.claimOf(namespace) === undefined;',
    'false;',
    suiteOf('ovn-kubernetes'),
  ],
  [
    'law 9',
    'network-cilium/src/render/policy-steps.ts',
    '.filter(({ address, node }) => decisions.isAttachedTo(address, node));',
    '.filter(() => false);',
    suiteOf('cilium'),
  ],
  [
    'law 10',
    'core/src/render/annotations.ts',
    'if (listsAll && (isOnRecord || isLegacy)) return undefined;',
    'if (listsAll && isLegacy) return undefined;',
    plain,
  ],
  [
    'law 10',
    'network-ovn-kubernetes/src/render/egress-ip-steps.ts',
    'sameAddresses(existing.addresses, addresses)\n',
    'false\n',
    suiteOf('ovn-kubernetes'),
  ],
  [
    'law 10',
    'network-cilium/src/render/policy-steps.ts',
    'return JSON.stringify(contentOf(current.source)) === JSON.stringify(policy);',
    'return false;',
    suiteOf('cilium'),
  ],
  [
    'law 10',
    'network-antrea/src/render/egress-steps.ts',
    'return one.active === other.active && pairs.every(([left, right]) => left === right);',
    'return false;',
    suiteOf('antrea'),
  ],
  [
    'law 11',
    'core/src/claims/confirmed-addresses.ts',
    'this.#isRecordProof || bound.includes(address)',
    'true || bound.includes(address)',
    suiteOf('openshift-sdn'),
  ],
  [
    'law 12',
    'core/src/plan/report-allocations.ts',
    'if (nodes.nodes[host]?.source.ready !== true) return false;',
    '',
    suiteOf('openshift-sdn'),
  ],
];
>>>>>>> theirs

const word = process.argv[2] ?? '';

/** A mutant with its file as it is, and as the mutant wants it. */
function prepare(mutant) {
  const [law, , before, , test] = mutant;
  const { path, was, is } = applied(mutant);
  if (execFileSync('git', ['status', '--porcelain', path]).length > 0)
    throw new Error(`${path} has changes that are not committed`);
  return { law, path, before, was, is, test };
}

const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
const report = join(folder, 'report.json');

/** Whether a test that is named after the law fails now. */
function fails({ law, path, test }) {
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    test,
    '-t',
    `${law}:`,
    '--reporter=json',
    `--outputFile=${report}`,
  ];
  rmSync(report, { force: true });
  spawnSync(process.execPath, args, {
    stdio: 'ignore',
    env: { LAW_RUNS: '200', PROPERTY_SHRINKS: 'no', ...process.env },
  });
  const tests = JSON.parse(readFileSync(report, 'utf8')).testResults.flatMap(
    ({ assertionResults }) => assertionResults,
  );
  const tried = tests.filter(({ status }) => status === 'passed' || status === 'failed');
  if (tried.length === 0)
    throw new Error(`${test} has no test of ${law}, or ${path} is no program with this mutant in it`);
  return tried.some(({ status }) => status === 'failed');
}

// Ctrl-C ends the tests; this program goes on until what it broke is mended.
process.on('SIGINT', () => undefined);

// A text that is not in its file is an error before anything is tried.
const prepared = mutants
  .map(prepare)
  .filter(({ law, path, test }) => [law, path, test].some((text) => text.includes(word)));
let survived = 0;
for (const mutant of prepared) {
  const { law, path, before, was, is } = mutant;
  let isCaught = false;
  try {
    writeFileSync(path, is);
    isCaught = fails(mutant);
  } finally {
    writeFileSync(path, was);
  }
  if (!isCaught) survived += 1;
  console.log(`${isCaught ? 'caught  ' : 'SURVIVED'}  ${law}  ${path}: ${before.trim().split('\n')[0].slice(0, 80)}`);
}
rmSync(folder, { recursive: true });
console.log(`${prepared.length} mutants, ${survived} survived`);
process.exitCode = survived === 0 && prepared.length > 0 ? 0 : 1;
