import type { NetworkTraits } from '../network-contract/traits.ts';
import type { ProviderDescription } from '../provider-contract/contract.ts';

/** What is known of the infrastructure before a provider is made. */
export interface ProviderFacts {
  /** `Infrastructure.status.platformStatus.type`. */
  readonly platform?: string;
  /** `spec.providerID` of nodes, as far as they have one. */
  readonly providerIDs: readonly string[];
  /**
   * Whether addresses lead nowhere on a cloud unless this project attaches them: not where the cluster's own controller
   * does, or where the network goes by what it sees.
   */
  readonly needsAttaching: boolean;
  /**
   * Whether the network leaves it to others to have the node's kernel answer for an address
   * ({@link NetworkTraits.addressOnNode}).
   */
  readonly addressOnNode?: NetworkTraits['addressOnNode'];
  /** Whether a provider can look at its platform, by its name. Asked only where it decides. */
  readonly isEquipped: (name: string) => boolean;
  /** The provider that a person named. */
  readonly chosen?: ProviderDescription;
}

/** Which provider serves a cluster, and what its nodes run on. */
export interface ProviderDecision {
  readonly provider: ProviderDescription;
  /**
   * What goes on top of it: it attaches to the node's kernel what the provider attached to the platform's interface.
   */
  readonly onNode?: ProviderDescription;
  /** The platform under the nodes, also where another provider serves; undefined where none here is for it. */
  readonly platform: ProviderDescription | undefined;
  /** Whether the cluster says so itself, and not just its nodes' providerIDs. */
  readonly isAnnounced: boolean;
  /** Why it is this one, in words. */
  readonly reason: string;
}

/**
 * Decides which provider serves a cluster: the one that a person named, else the one for its platform, where it is
 * needed or can at least look; else the one that serves where nobody else does. Where the network leaves addresses on
 * nodes to others, the one that attaches to kernels serves in its place, or on top of it where that attaches itself.
 *
 * @throws Error when no provider serves the platform `None`
 */
export function decideProvider(facts: ProviderFacts, providers: readonly ProviderDescription[]): ProviderDecision {
  const announced = providers.find(({ platforms }) => includesText(platforms.types, facts.platform));
  const shown =
    facts.platform === undefined ? providers.find((provider) => hasNode(provider, facts.providerIDs)) : undefined;
  const platform = announced ?? shown;
  const about = { platform, isAnnounced: announced !== undefined };
  if (facts.chosen !== undefined) return { ...about, provider: facts.chosen, reason: 'it was chosen' };
  const below = { ...about, ...decideBelow(facts, about, providers) };
  const onNode = decideOnNode(facts, platform, providers);
  if (onNode === undefined) return below;
  if (below.provider.capabilities.attach)
    return { ...below, onNode, reason: `${below.reason}, and the network needs addresses on nodes` };
  return { ...about, provider: onNode, reason: 'the network needs addresses on nodes' };
}

/** Who attaches to the platform's interfaces, if anybody does. */
function decideBelow(
  facts: ProviderFacts,
  { platform, isAnnounced }: Pick<ProviderDecision, 'platform' | 'isAnnounced'>,
  providers: readonly ProviderDescription[],
): Pick<ProviderDecision, 'provider' | 'reason'> {
  const sign = isAnnounced ? `the cluster's platform is ${facts.platform}` : 'the providerIDs of nodes say so';
  if (
    platform !== undefined &&
    (!platform.capabilities.attach || facts.needsAttaching || facts.isEquipped(platform.name))
  ) {
    return { provider: platform, reason: sign };
  }
  const fallback = providers.find(({ platforms }) => platforms.types.includes('None'));
  if (fallback === undefined) throw new Error('no provider serves the platform None');
  return {
    provider: fallback,
    reason:
      platform === undefined ? noSign(facts) : `${platform.name} is not needed, and has no credentials to look with`,
  };
}

/**
 * Who attaches to kernels, where the network wants it. On a cloud whose interfaces nobody here tells what to carry, an
 * address in a kernel would lead nowhere; and a network that does it itself goes by the cloud there.
 */
function decideOnNode(
  { addressOnNode, isEquipped }: ProviderFacts,
  platform: ProviderDescription | undefined,
  providers: readonly ProviderDescription[],
): ProviderDescription | undefined {
  const onNode = providers.find(({ attachesTo }) => attachesTo === 'kernel');
  if (onNode === undefined || addressOnNode === undefined) return undefined;
  const isCloud = platform?.isCloud === true;
  if (addressOnNode === 'needed') return isCloud && !platform.capabilities.attach ? undefined : onNode;
  return !isCloud && isEquipped(onNode.name) ? onNode : undefined;
}

function includesText(texts: readonly string[], text: string | undefined): boolean {
  return text !== undefined && texts.some((entry) => entry.toLowerCase() === text.toLowerCase());
}

function hasNode({ platforms }: ProviderDescription, providerIDs: readonly string[]): boolean {
  return platforms.providerIDPrefixes.some((prefix) => providerIDs.some((id) => id.startsWith(prefix)));
}

function noSign({ platform }: ProviderFacts): string {
  return platform === undefined ? 'nothing tells the platform' : `there is none for the platform ${platform}`;
}
