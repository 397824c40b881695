import type { CreateProvider } from '@egressip-ipam/core';
import { createRestClient, loadConnection } from '@egressip-ipam/kube';
import { createAgentProvider } from './create-agent-provider.ts';

/** For who chooses the provider by name: it finds the API server by itself, as the operator does without flags. */
export const createProvider: CreateProvider = async () => {
  const rest = createRestClient(await loadConnection(), { userAgent: 'egressip-ipam-operator' });
  const provider = createAgentProvider({ rest, namespace: process.env['POD_NAMESPACE'] ?? 'egressip-ipam-operator' });
  return {
    ...provider,
    close: async () => {
      await provider.close?.();
      rest.close();
    },
  };
};
