import type { Finding } from '@egressip-ipam/core';
import type { ParsedEgressIP } from './parse-egress-ip.ts';

/**
 * OVN-Kubernetes gives each EgressIP a mark of its own, and its cluster manager does not start while two have the same
 * one. Nobody may change a mark, so that one of the two has to be made anew.
 */
export function reportDuplicateMarks(egressIPs: readonly ParsedEgressIP[]): readonly Finding[] {
  const byMark = new Map<string, ParsedEgressIP[]>();
  for (const egressIP of egressIPs) {
    const { mark } = egressIP.source;
    if (mark === undefined) continue;
    const same = byMark.get(mark);
    if (same === undefined) byMark.set(mark, [egressIP]);
    else same.push(egressIP);
  }
  return [...byMark].flatMap(([mark, same]) =>
    same.length < 2 ? [] : same.map((egressIP) => duplicateMark(mark, egressIP, same)),
  );
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
