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
  return passive({ ...describe(cloud), isCloud: true });
}

/**
 * The provider of a cloud for which OpenShift has no controller of interfaces, and which networks take for no cloud:
 * what its subnets keep for themselves is known, and nothing else of it.
 */
export function attachedByNobody(cloud: ClusterAttachedCloud): ProviderModule {
  return passive(describe(cloud));
}

function describe(cloud: ClusterAttachedCloud): ProviderDescription {
  return { ...cloud, specificationVersion: 'v1', capabilities: { attach: false } };
}

function passive(description: ProviderDescription): ProviderModule {
  return { description, createProvider: () => createPassiveProvider(description) };
}
