import type { EquipmentContext, ProviderDescription } from '@egressip-ipam/core';
import { credentialsRequest, readSecret, secretRead } from './cluster/credentials-secret.ts';
import { infrastructureRead } from './cluster/location.ts';
import { machineSetsRead } from './cluster/machine-sets.ts';
import { keptInSubnets } from './observe/subnet-facts.ts';

/** What is known of the provider for AWS without loading the SDK. */
export const description: ProviderDescription = {
  specificationVersion: 'v1',
  name: 'aws',
  platforms: { types: ['AWS'], providerIDPrefixes: ['aws://'] },
  capabilities: { attach: true },
  isCloud: true,
  keptInSubnets,
  // EC2 is consistent eventually (EC2 API Reference, "Eventual consistency").
  settlingTime: 30_000,
  reads: [infrastructureRead, machineSetsRead, secretRead],
  requests: (operatorNamespace) => [credentialsRequest(operatorNamespace)],
  isEquipped,
};

/** Keys or a web identity in the environment, or the secret. */
function isEquipped({ objects, environment }: EquipmentContext): boolean {
  const isNamed = ['AWS_ACCESS_KEY_ID', 'AWS_WEB_IDENTITY_TOKEN_FILE'].some((name) => (environment[name] ?? '') !== '');
  return isNamed || readSecret(objects) !== undefined;
}
