import type { CreateProvider } from '@egressip-ipam/core';

export { description } from './description.ts';

/** Makes the provider for AWS. The SDK is loaded then, and not before. */
export const createProvider: CreateProvider = async (context) => {
  const { createAwsProvider } = await import('./create-aws-provider.ts');
  return createAwsProvider(context);
};
