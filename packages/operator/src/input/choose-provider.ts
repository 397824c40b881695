import {
  decideProvider,
  type ProviderDecision,
  type ProviderDescription,
  type ProviderObservation,
} from '@egressip-ipam/core';
import { asRecord } from '@egressip-ipam/core/plugin';
import type { FoundNetwork } from '../network/find-network.ts';
import { describeBuiltInProviders, describeProvider } from '../provider/load-provider.ts';
import { addressOnNode, needsAttaching, signsIn } from '../provider/provider-facts.ts';

/**
 * The provider of a cluster in files, by the operator's own decision. Planning from files looks at no cloud: what a
 * ProviderObservation says, or the objects themselves, is all that is known of it.
 *
 * @param isThere whether the platform of a provider stands in the objects
 * @param chosen the name that a person gave
 * @throws Error when there is no such provider
 */
export async function chooseProvider(
  objects: readonly unknown[],
  { backend, recognition }: FoundNetwork,
  observation: ProviderObservation | undefined,
  isThere: (provider: ProviderDescription) => boolean,
  chosen: string | undefined,
): Promise<ProviderDecision> {
  const ofKind = (kind: string): readonly unknown[] => objects.filter((object) => asRecord(object)['kind'] === kind);
  const signs = signsIn({ infrastructure: ofKind('Infrastructure')[0], nodes: ofKind('Node') });
  const named = chosen === undefined ? {} : { chosen: await describeProvider(chosen) };
  const onNode = addressOnNode(backend, recognition);
  const builtIn = await describeBuiltInProviders();
  return decideProvider(
    {
      ...signs,
      ...named,
      ...(onNode === undefined ? {} : { addressOnNode: onNode }),
      needsAttaching: needsAttaching(backend, recognition),
      isEquipped: (name) =>
        observation !== undefined || builtIn.some((provider) => provider.name === name && isThere(provider)),
    },
    builtIn,
  );
}
