import type { NetworkBackend } from '../network-contract/backend.ts';
import type { Certainty, ClusterEvidence, Recognition } from '../network-contract/recognition.ts';

/** Which back end programs a cluster, or why that cannot be told. */
export type NetworkDecision =
  | { readonly decided: true; readonly backend: NetworkBackend; readonly recognition: Recognition }
  | {
      readonly decided: false;
      /** Those that are equally sure; none where there is no sign of any. */
      readonly candidates: readonly NetworkBackend[];
      /** In words that follow "the network cannot be told:". */
      readonly reason: string;
    };

const certainties: readonly Certainty[] = ['absent', 'served', 'used', 'at-work', 'announced'];

/**
 * Decides which network a cluster has: the one of which the evidence makes its back end the surest, so that objects
 * that a migration left behind do not count against what is at work. Two that are equally sure leave it undecided.
 *
 * @example
 * ```ts
 * import { decideNetwork, plain } from '@egressip-ipam/core';
 *
 * const decision = decideNetwork({ served: new Map(), nodes: [] }, [plain]);
 * console.log(decision.decided ? decision.backend.title : 'nobody knows this network');
 * ```
 */
export function decideNetwork(evidence: ClusterEvidence, backends: readonly NetworkBackend[]): NetworkDecision {
  const candidates = backends
    .map((backend) => ({ backend, recognition: backend.recognise(evidence) }))
    .filter(({ recognition }) => recognition.certainty !== 'absent');
  const [surest, next] = candidates.sort((a, b) => rankOf(b) - rankOf(a));
  if (surest === undefined) {
    return { decided: false, candidates: [], reason: `there is no sign of ${listOf(backends, 'or')} yet` };
  }
  if (next === undefined || rankOf(surest) > rankOf(next)) return { decided: true, ...surest };
  const equals = candidates.filter((candidate) => rankOf(candidate) === rankOf(surest)).map(({ backend }) => backend);
  return {
    decided: false,
    candidates: equals,
    reason: `it may be ${listOf(equals, 'or')}: ${sameSigns[surest.recognition.certainty]}`,
  };
}

const sameSigns: Readonly<Record<Certainty, string>> = {
  absent: 'there is no sign of any',
  served: 'their kinds are served, and there are no objects of them',
  used: 'there are objects of each, and nothing tells which of them are left over',
  'at-work': 'nodes carry what each of them writes',
  announced: 'the cluster announces each of them',
};

function rankOf({ recognition }: { readonly recognition: Recognition }): number {
  return certainties.indexOf(recognition.certainty);
}

function listOf(backends: readonly NetworkBackend[], conjunction: string): string {
  const titles = backends.map(({ title }) => title);
  const last = titles.pop() ?? 'any network';
  return titles.length === 0 ? last : `${titles.join(', ')} ${conjunction} ${last}`;
}
