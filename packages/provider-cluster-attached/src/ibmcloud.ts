import { attachedByNobody } from './cluster-attached.ts';

/**
 * IBM Cloud with its Virtual Private Cloud. It keeps the first four addresses and the last of each subnet: the network,
 * the gateway, two for itself, and broadcast (IBM Cloud VPC, "About networking").
 */
export const ibmcloud = attachedByNobody({
  name: 'ibmcloud',
  platforms: { types: ['IBMCloud'], providerIDPrefixes: ['ibm://'] },
  keptInSubnets: { first: 4, last: 1 },
});
