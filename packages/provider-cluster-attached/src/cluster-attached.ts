import {
  type KeptInSubnets,
  type ProviderDescription,
  type ProviderModule,
  type ProviderPlatforms,
} from '@egressip-ipam/core';
import { createPassiveProvider } from '@egressip-ipam/core/plugin';

/** What tells one of these clouds from another. */
export interface ClusterAttachedCloud {
  readonly name: string;
  readonly platforms: ProviderPlatforms;
  readonly keptInSubnets?: KeptInSubnets;
}

/**
 * The provider of a cloud whose interfaces are the business of the cluster's own controller: it knows the platform, and
 * changes nothing there.
 */
export function clusterAttached(cloud: ClusterAttachedCloud): ProviderModule {
  const description: ProviderDescription = {
    ...cloud,
    specificationVersion: 'v1',
    capabilities: { attach: false },
    isCloud: true,
  };
  return { description, createProvider: () => createPassiveProvider(description) };
}
