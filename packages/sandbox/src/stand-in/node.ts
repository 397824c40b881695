import type { KubernetesObject } from '@egressip-ipam/kube';

interface NodeStatus {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
  };
}

/** Is the Node's condition Ready true? */
export function isNodeReady(node: KubernetesObject & NodeStatus): boolean {
  return node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** The Node's addresses of type InternalIP. */
export function internalAddresses(node: KubernetesObject & NodeStatus): string[] {
  return (node.status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
}
