import {
  stackedName,
  type DoubtedAttachment,
  type ProviderDecision,
  type ProviderObservation,
  type ProviderSnapshot,
  type Recognition,
} from '@egressip-ipam/core';

/** What a snapshot says of a provider follows from this. */
export interface ProviderSituation {
  readonly decision: ProviderDecision;
  /** Whether a person named the provider. */
  readonly isChosen: boolean;
  /** Whether the network takes addresses wherever this project puts them. */
  readonly isPlacedByUs: boolean;
  /** Whether a controller of the cluster's own tells interfaces what to carry. */
  readonly clusterAttaches: Recognition['clusterAttaches'];
  readonly observation?: ProviderObservation;
  readonly doubted?: readonly DoubtedAttachment[];
}

/** What a snapshot says of the provider; the same from files and live, but for whether an observation must be there. */
export function providerSnapshot({
  decision,
  isChosen,
  isPlacedByUs,
  clusterAttaches,
  observation,
  doubted = [],
}: ProviderSituation): ProviderSnapshot {
  const { provider, onNode, platform, isAnnounced } = decision;
  const canAttach = provider.capabilities.attach;
  const attach = canAttach && clusterAttaches === undefined;
  const isCloudBelow = platform?.isCloud === true;
  // A network that places goes by what the cluster says it runs on: to it, machines of a cloud are like any others
  // without that.
  const cloud =
    clusterAttaches === 'at-work' ||
    (attach && provider.attachesTo === undefined) ||
    (isCloudBelow && (isPlacedByUs || isAnnounced));
  // On a cloud where nobody attaches, an address that no interface carries would lead nowhere.
  const isBlind = isCloudBelow && isPlacedByUs && clusterAttaches === undefined && !isChosen && !canAttach;
  const kept = platform?.keptInSubnets ?? provider.keptInSubnets;
  return {
    name: onNode === undefined ? provider.name : stackedName(provider, onNode),
    attach,
    cloud,
    ...(kept === undefined ? {} : { keptInSubnets: kept }),
    observationRequired: canAttach || isBlind,
    ...(observation === undefined ? {} : { observation }),
    ...(doubted.length === 0 ? {} : { doubted }),
  };
}
