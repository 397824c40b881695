import type { CreateProvider } from '@egressip-ipam/core';

/** Reaches the API server as the operator does. What that takes is loaded then, and not before. */
export const createProvider: CreateProvider = async ({ cluster = {}, onNotice }) => {
  const [{ createRestClient, loadConnection }, { createAgentProvider }] = await Promise.all([
    import('@egressip-ipam/kube'),
    import('./create-agent-provider.ts'),
  ]);
  const {
    kubeconfig,
    context,
    operatorNamespace = process.env['POD_NAMESPACE'] ?? 'egressip-ipam-operator',
    looksOnly = false,
  } = cluster;
  const connection = await loadConnection({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const rest = createRestClient(connection, { userAgent: 'egressip-ipam-operator' });
  const provider = createAgentProvider({
    rest,
    namespace: operatorNamespace,
    looksOnly,
    ...(onNotice === undefined ? {} : { onNotice }),
  });
  return {
    ...provider,
    close: async () => {
      await provider.close?.();
      rest.close();
    },
  };
};
