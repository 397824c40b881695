import { decideNetwork, type ClusterEvidence, type NetworkBackend, type Recognition } from '@egressip-ipam/core';
import type { RestClient } from '@egressip-ipam/kube';
import { gatherEvidence } from './live-evidence.ts';

/** The network of a cluster, and what it was recognised by. */
export interface FoundNetwork {
  readonly backend: NetworkBackend;
  readonly recognition: Recognition;
  readonly evidence: ClusterEvidence;
}

/**
 * Finds which of some back ends programs a cluster.
 *
 * @param isChosen whether a person named the network, so that its back end is taken whatever it recognises
 * @returns in words, why it cannot be told
 * @throws ApiError or TransportError when the cluster cannot be asked
 */
export async function findNetwork(rest: RestClient, backends: readonly NetworkBackend[], isChosen: boolean): Promise<FoundNetwork | string> {
  const evidence = await gatherEvidence(rest, backends);
  return takeNetwork(evidence, backends, isChosen);
}

/** As {@link findNetwork}, by evidence from wherever. */
export function takeNetwork(evidence: ClusterEvidence, backends: readonly NetworkBackend[], isChosen: boolean): FoundNetwork | string {
  const [chosen] = backends;
  if (isChosen && chosen !== undefined) return { backend: chosen, recognition: chosen.recognise(evidence), evidence };
  const decision = decideNetwork(evidence, backends);
  if (!decision.decided) return `the network cannot be told: ${decision.reason}; name it by --network, or wait for it`;
  return { backend: decision.backend, recognition: decision.recognition, evidence };
}
