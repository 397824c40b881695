import { clusterAttached } from './cluster-attached.ts';

/**
 * Microsoft Azure. It keeps the first four addresses and the last of each subnet (Azure Virtual Network FAQ, "Are there
 * any restrictions on using IP addresses within these subnets?").
 */
export const azure = clusterAttached({
  name: 'azure',
  platforms: { types: ['Azure'], providerIDPrefixes: ['azure://'] },
  keptInSubnets: { first: 4, last: 1 },
});
