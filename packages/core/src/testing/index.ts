export { aNamespace, aNode, anEgressIPAM, aSnapshot, zoneLabel } from './builders.ts';
export { applyStep, readySteps } from '../simulate/index.ts';
export { conformanceCases, describeCloudProvider } from './conformance/describe-cloud-provider.ts';
export { memoryProvider } from './memory-provider.ts';
export type { CloudProviderSuite } from './conformance/describe-cloud-provider.ts';
export type { ConformanceCase, ConformanceDeclaration, ProviderFault, ProviderHarness } from './conformance/harness.ts';
export type { MemoryFault, MemoryNode, MemoryProvider, MemoryProviderOptions } from './memory-provider.ts';
