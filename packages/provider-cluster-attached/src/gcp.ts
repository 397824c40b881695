import { clusterAttached } from './cluster-attached.ts';

/**
 * Google Cloud. It keeps the first two and the last two addresses of each subnet's primary range (Virtual Private
 * Cloud, "Subnets", "Unusable addresses in IPv4 subnet ranges").
 */
export const gcp = clusterAttached({
  name: 'gcp',
  platforms: { types: ['GCP'], providerIDPrefixes: ['gce://'] },
  keptInSubnets: { first: 2, last: 2 },
});
