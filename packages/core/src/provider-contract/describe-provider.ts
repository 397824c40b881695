import type { ProviderDescription } from './contract.ts';

/**
 * What is known of a provider, as an object of its own: a provider may be of a class, of which a spread takes no
 * method.
 */
export function describeProvider(provider: ProviderDescription): ProviderDescription {
  const { specificationVersion, name, platforms, capabilities } = provider;
  const { isCloud, attachesTo, keptInSubnets, settlingTime, reads, fromObjects } = provider;
  return {
    specificationVersion,
    name,
    platforms,
    capabilities,
    ...(isCloud === undefined ? {} : { isCloud }),
    ...(attachesTo === undefined ? {} : { attachesTo }),
    ...(keptInSubnets === undefined ? {} : { keptInSubnets }),
    ...(settlingTime === undefined ? {} : { settlingTime }),
    ...(reads === undefined ? {} : { reads }),
    ...(fromObjects === undefined ? {} : { fromObjects }),
    requests: (namespace) => provider.requests?.(namespace) ?? [],
    isEquipped: (context) => provider.isEquipped?.(context) ?? false,
  };
}
