import { plain, type ClusterEvidence, type NetworkBackend } from '@egressip-ipam/core';
import { evidenceIn } from '../network/evidence.ts';
import { takeNetwork, type FoundNetwork } from '../network/find-network.ts';
import { InputError } from './read-documents.ts';

/** The network of a cluster in files, and what is to be said of how it was chosen. */
export interface ChosenNetwork {
  readonly found: FoundNetwork;
  readonly notes: readonly string[];
}

/**
 * The network that objects show, by the operator's own decision. Where they show none, addresses are planned without
 * objects of a network.
 *
 * @param chosen the one that a person named
 * @throws InputError where several are equally likely
 */
export function chooseNetwork(
  objects: readonly unknown[],
  backends: readonly NetworkBackend[],
  chosen: NetworkBackend | undefined,
): ChosenNetwork {
  return settleNetwork(evidenceIn(objects, backends), backends, chosen);
}

/** As {@link chooseNetwork}, by evidence from wherever. */
export function settleNetwork(
  evidence: ClusterEvidence,
  backends: readonly NetworkBackend[],
  chosen: NetworkBackend | undefined,
): ChosenNetwork {
  const decision = takeNetwork(evidence, backends, chosen);
  if (decision.decided)
    return { found: { backend: decision.backend, recognition: decision.recognition, evidence }, notes: [] };
  if (decision.candidates.length > 0)
    throw new InputError(`the network cannot be told: ${decision.reason}; name it by --network`);
  const names = backends.map(({ name }) => name).join(', ');
  const note = `nothing shows which network the cluster has: addresses are planned without one; name it by --network (${names})`;
  return { found: { backend: plain, recognition: plain.recognise(evidence), evidence }, notes: [note] };
}
