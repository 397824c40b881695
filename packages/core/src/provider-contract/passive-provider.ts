import type { CloudProvider, ProviderChange, ProviderChangeResult, ProviderDescription } from './contract.ts';

/**
 * Makes a provider that attaches nothing: its nodes have no interfaces and no limits, nothing is seen in use, and every
 * change is refused as `permanent`.
 */
export function createPassiveProvider(description: ProviderDescription): CloudProvider {
  return {
    ...description,
    async observe({ nodes, cidrs, signal }) {
      signal.throwIfAborted();
      return {
        nodes: nodes.map(({ name }) => ({ node: name, interfaces: [], limits: {} })),
        cidrs: cidrs.map((cidr) => ({ cidr, inUse: [], reserved: [] })),
      };
    },
    async apply({ changes }) {
      return changes.map((change) => refuse(description.name, change));
    },
  };
}

function refuse(provider: string, change: ProviderChange): ProviderChangeResult {
  const message = `${change.type} of ${change.address} (node ${change.node.name}) was asked for, but provider ${provider} has no interfaces to change; choose the cloud's own provider`;
  return { change, outcome: 'failed', error: { class: 'permanent', message } };
}
