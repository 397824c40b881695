// The code of each law and each back end, broken in one place at a time: what ../mutants.mjs tries, and what check-repo
// looks for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const plain = 'packages/core/src/plain/plain-network.test.ts';
const suiteOf = (network) => `packages/network-${network}/src/network.test.ts`;

/**
 * Per mutant: the law, the file below packages, what stands there once, what stands there instead, and the test file
 * that must fail.
 */
export const mutants = [
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
    'law 1',
    'core/src/allocate/unproven-records.ts',
    'namespace.allocated.egressIPAM !== pool.name',
    "namespace.allocated.egressIPAM === ''",
    'packages/core/src/allocate/unproven-records.test.ts',
  ],
  [
    'law 1',
    'agent/src/egress-node/handed-over.ts',
    'previous?.generation !== node.generation - 1',
    'previous === undefined',
    'packages/agent/src/egress-node/handed-over.test.ts',
  ],
  [
    'law 2',
    'core/src/claims/read-claims.ts',
    'const proven = promised.filter((address) => confirmed.has(address));',
    'const proven = promised.filter((address) => confirmed.has(address) && pool.assignmentOf(address) !== undefined);',
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
    'law 2',
    'core/src/network-contract/adoption.ts',
    'applied === false && !addresses.some(isContested)',
    'applied === true && !addresses.some(isContested)',
    suiteOf('antrea'),
  ],
  [
    'law 11',
    'core/src/network-contract/adoption.ts',
    '!addresses.some(isContested) ? uid',
    'addresses.length > 0 ? uid',
    'packages/core/src/network-contract/adoption.test.ts',
  ],
  [
    'law 3',
    'core/src/place/siblings.ts',
    'return placed === slot ? this.#findOn(node, slot) : placed;',
    'return undefined;',
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
    'if (applied !== undefined) return certain(applied);',
    'if (applied !== undefined) return certain(true);',
    'packages/network-ovn-kubernetes/src/facts/ownership.test.ts',
  ],
  [
    'law 5',
    'core/src/snapshot/read-applied.ts',
    'return earlier > 0 ? undefined : true;',
    'return earlier <= 0;',
    'packages/core/src/snapshot/read-applied.test.ts',
  ],
  [
    'law 5',
    'network-ovn-kubernetes/src/facts/parse-egress-ip.ts',
    "return isNamed ? 'record' : 'none';",
    "return isNamed ? 'certain' : 'none';",
    'packages/network-ovn-kubernetes/src/facts/ownership.test.ts',
  ],
  [
    'law 5',
    'network-cilium/src/facts/parse-policy.ts',
    'awaitsRecord: ours !== undefined && source.applied !== true,',
    'awaitsRecord: ours !== undefined && source.applied === false,',
    'packages/network-cilium/src/render/render.test.ts',
  ],
  [
    'law 5',
    'network-antrea/src/facts/parse-egress.ts',
    'awaitsRecord: ours !== undefined && source.applied !== true,',
    'awaitsRecord: false,',
    'packages/network-antrea/src/render/render.test.ts',
  ],
  [
    'law 5',
    'network-antrea/src/render/pools.ts',
    'unwanted.filter(({ source }) => source.applied === true);',
    'unwanted.filter(({ source }) => source.applied !== false);',
    'packages/network-antrea/src/render/render.test.ts',
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
    'egressIP.ours && decisions.claimOf(egressIP.namespace) === undefined;',
    'false;',
    suiteOf('ovn-kubernetes'),
  ],
  [
    'law 9',
    'network-cilium/src/render/policy-steps.ts',
    'decisions.isAttached(address));',
    'false);',
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
    'law 11',
    'core/src/claims/read-claims.ts',
    'proven.length === promised.length ? none',
    'true ? none',
    suiteOf('openshift-sdn'),
  ],
  [
    'law 11',
    'core/src/render/annotations.ts',
    ' || refuted.length === 0)',
    ' || refuted.length >= 0)',
    suiteOf('openshift-sdn'),
  ],
  ['law 12', 'core/src/check/concerns.ts', 'lost.length === 0 && waiting', 'waiting', plain],
  ['law 12', 'core/src/check/concerns.ts', ' && waiting.every', ' || waiting.every', plain],
  ['law 12', 'core/src/check/check.ts', 'return problems.length === 0;', 'return problems.length >= 0;', plain],
  ['law 12', 'core/src/plan/report.ts', ' || group.selection.selected.length === 0;', ';', plain],
  ['law 12', 'core/src/plan/report-allocations.ts', ' || !nodes.isReady(host)', '', suiteOf('openshift-sdn')],
  [
    'law 12',
    'core/src/plan/report-allocations.ts',
    'counts.waiting += 1',
    'counts.served += 1',
    suiteOf('openshift-sdn'),
  ],
  ['law 12', 'core/src/plan/whose-to-mend.ts', "  'AddressReserved',\n", '', suiteOf('openshift-sdn')],
  ['law 12', 'core/src/allocate/check-wishes.ts', 'group.hostable.length > 0 &&', '', suiteOf('ovn-kubernetes')],
  ['law 12', 'core/src/explain/is-explained-well.ts', 'allocation.carried ||', 'true ||', plain],
  ['law 12', 'core/src/check/all-well.ts', 'waiting.length === 0 &&', '', 'packages/core/src/check/all-well.test.ts'],
  ['law 12', 'core/src/check/all-well.ts', '!carried && ', 'false && ', suiteOf('openshift-sdn')],
];

/** The file of a mutant from the root of the repository, as it is and with the mutant in it. */
export function applied([, file, before, after], root = '.') {
  const path = join('packages', file);
  const was = readFileSync(join(root, path), 'utf8');
  const count = was.split(before).length - 1;
  if (count !== 1) throw new Error(`${path}: stands there ${count} times, not once: ${before}`);
  return { path, was, is: was.replace(before, () => after) };
}
