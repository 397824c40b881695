import type { Finding } from '@egressip-ipam/core';
import type { ParsedPolicy } from './parse-policy.ts';

/** Pods per namespace that a warning reckons with, as the pods themselves are not read. */
const assumedPods = 10;

/** How full Cilium's egress policy map is, at the least: one entry per pod and CIDR, on every node, for the whole cluster. */
export interface PolicyMapUse {
  /** With one pod per namespace. */
  readonly atLeast: number;
  readonly size: number;
  readonly findings: readonly Finding[];
}

/** Counts the entries of the fuller family. What does not fit is one line of the agents' log, and its pods leave by their node. */
export function policyMapUse(policies: readonly ParsedPolicy[], size: number): PolicyMapUse {
  const entries = { 4: 0, 6: 0 };
  for (const { source } of policies) {
    for (const cidr of [...source.destinationCIDRs, ...source.excludedCIDRs]) entries[cidr.includes(':') ? 6 : 4] += 1;
  }
  const atLeast = Math.max(entries[4], entries[6]);
  const object = { kind: 'ConfigMap', name: 'cilium-config' };
  const wayOut =
    'Pods without an entry leave by the address of their node. Raise egressGateway.maxPolicyEntries in its Helm values.';
  const findings: Finding[] = [];
  if (atLeast >= size) {
    findings.push({
      code: 'PolicyMapFull',
      severity: 'error',
      object,
      message: `Cilium's egress policy map has room for ${size} entries, and policies need ${atLeast} with a single pod in each namespace. ${wayOut}`,
    });
  } else if (atLeast * assumedPods >= size) {
    findings.push({
      code: 'PolicyMapFilling',
      severity: 'warning',
      object,
      message: `Cilium's egress policy map has room for ${size} entries: with ${assumedPods} pods in each namespace, policies need ${atLeast * assumedPods}. ${wayOut}`,
    });
  }
  return { atLeast, size, findings };
}
