export { createAwsProvider, createAwsProvider as createProvider } from './create-aws-provider.ts';
export type { AwsProviderOverrides } from './create-aws-provider.ts';
export type { Clock } from './clock.ts';
export type { CreateClient } from './ec2/client-source.ts';
