import type { Finding } from '@egressip-ipam/core';
import type { ParsedEgressIP } from './parse-egress-ip.ts';

/**
 * OVN-Kubernetes gives each EgressIP a mark of its own, and its cluster manager does not start while two have the same
 * one. Nobody may change a mark, so that one of the two has to be made anew.
 */
export function reportDuplicateMarks(egressIPs: readonly ParsedEgressIP[]): readonly Finding[] {
  const repeated = repeatedMarks(egressIPs);
  if (repeated.size === 0) return [];
  const byMark = new Map<string, ParsedEgressIP[]>();
  for (const egressIP of egressIPs) {
    const { mark } = egressIP.source;
    if (mark === undefined || !repeated.has(mark)) continue;
    const same = byMark.get(mark);
    if (same === undefined) byMark.set(mark, [egressIP]);
    else same.push(egressIP);
  }
  return [...byMark].flatMap(([mark, same]) => same.map((egressIP) => duplicateMark(mark, egressIP, same)));
}

function repeatedMarks(egressIPs: readonly ParsedEgressIP[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  egressIPs.forEach(({ source: { mark } }) => {
    if (mark === undefined) return;
    const before = seen.size;
    seen.add(mark);
    if (seen.size === before) repeated.add(mark);
  });
  return repeated;
}

function duplicateMark(mark: string, { name, ours }: ParsedEgressIP, same: readonly ParsedEgressIP[]): Finding {
  const others = same.flatMap((other) => (other.name === name ? [] : [other.name])).join(', ');
  const again = ours ? 'this operator makes it anew' : 'make it anew';
  return {
    code: 'DuplicateMark',
    severity: 'error',
    object: { kind: 'EgressIP', name },
    message:
      `it has the mark ${mark}, as EgressIP ${others} has, and OVN-Kubernetes' cluster manager stops at that ` +
      'for the whole ' +
      `cluster; delete one of them without the annotation of the mark (${again})`,
  };
}

/**
 * EgressIPs of ours that have no mark and no node yet, where others have marks. A cluster manager that starts gives
 * them marks before it looks which ones it gave (`assignEgressIPs` by the events of nodes, before
 * `syncEgressIPMarkAllocator`), and stops at the one that is there twice by then.
 */
export function unseenIn(egressIPs: readonly ParsedEgressIP[]): ReadonlySet<ParsedEgressIP> {
  const hasMark = ({ source }: ParsedEgressIP): boolean => source.mark !== undefined;
  if (!egressIPs.some(hasMark)) return new Set();
  return new Set(egressIPs.filter((egressIP) => egressIP.ours && !hasMark(egressIP) && egressIP.hosted.length === 0));
}
