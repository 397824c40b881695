import { attachedByNobody } from './cluster-attached.ts';

/**
 * Alibaba Cloud. It keeps the first address and the last three of each vSwitch (Virtual Private Cloud, API reference,
 * "CreateVSwitch").
 */
export const alibabacloud = attachedByNobody({
  name: 'alibabacloud',
  platforms: { types: ['AlibabaCloud'], providerIDPrefixes: ['alicloud://'] },
  keptInSubnets: { first: 1, last: 3 },
});
