import {
  decideNetwork,
  type ClusterEvidence,
  type NetworkBackend,
  type NetworkDecision,
  type Recognition,
} from '@egressip-ipam/core';
import type { RestClient } from '@egressip-ipam/kube';
import { gatherEvidence } from './live-evidence.ts';

/** The network of a cluster, and what it was recognised by. */
export interface FoundNetwork {
  readonly backend: NetworkBackend;
  readonly recognition: Recognition;
  readonly evidence: ClusterEvidence;
}

/** The back end that a person chose, whatever it recognises; else the one that the evidence shows. */
export function takeNetwork(
  evidence: ClusterEvidence,
  backends: readonly NetworkBackend[],
  chosen: NetworkBackend | undefined,
): NetworkDecision {
  return chosen === undefined
    ? decideNetwork(evidence, backends)
    : { decided: true, backend: chosen, recognition: chosen.recognise(evidence) };
}

/**
 * Finds which of some back ends programs a cluster.
 *
 * @returns in words, why it cannot be told
 * @throws ApiError or TransportError when the cluster cannot be asked
 */
export async function findNetwork(
  rest: RestClient,
  backends: readonly NetworkBackend[],
  chosen: NetworkBackend | undefined,
): Promise<FoundNetwork | string> {
  const evidence = await gatherEvidence(rest, chosen === undefined ? backends : [chosen]);
  const decision = takeNetwork(evidence, backends, chosen);
  return decision.decided
    ? { backend: decision.backend, recognition: decision.recognition, evidence }
    : decision.reason;
}
