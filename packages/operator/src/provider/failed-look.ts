import type { LookSubjects, ProviderErrorDescription, ProviderObservation } from '@egressip-ipam/core';

/** A look that told nothing: an error of every node and CIDR that was asked for. */
export function failedLook({ nodes, cidrs }: LookSubjects, error: ProviderErrorDescription): ProviderObservation {
  return { nodes: nodes.map(({ name }) => ({ node: name, error })), cidrs: cidrs.map((cidr) => ({ cidr, error })) };
}
