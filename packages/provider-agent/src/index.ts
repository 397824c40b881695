export { createAgentProvider } from './create-agent-provider.ts';
export { createProvider } from './create-provider.ts';

export type { AgentProviderOptions } from './create-agent-provider.ts';
