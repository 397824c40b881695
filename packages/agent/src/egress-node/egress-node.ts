import type { Resource } from '@egressip-ipam/kube';

/** EgressNodes: one object per egress node, of its name. The operator writes `spec`, the node's agent `status`. */
export const egressNodes: Resource = {
  group: 'redhatcop.redhat.io',
  version: 'v1alpha1',
  plural: 'egressnodes',
  kind: 'EgressNode',
  namespaced: false,
};

/** An address that the node is to carry. */
export interface Wish {
  /** Canonical text. */
  readonly address: string;
  /** Why, in words for people. */
  readonly reason: string;
  /**
   * The node that carried it last and has confirmed that it does no more: it is taken without a look at the network.
   */
  readonly vacatedBy?: string;
}

/**
 * What became of a wish: `Probing` somebody else may have it, which is being found out; `Held` it is on the node;
 * `Duplicate` another machine answers for it; `Foreign` it is on the node, put there by somebody else, and left alone;
 * `NoInterface` no interface has a subnet in which a machine may have it; `Failed` the kernel refused it. What an agent
 * of another version says is read as `Unknown`: it may hold the address, and is not trusted to carry it.
 */
export type AddressState = 'Probing' | 'Held' | 'Duplicate' | 'Foreign' | 'NoInterface' | 'Failed' | 'Unknown';

/** The result of a wish, and what the node holds still that it is to let go. */
export interface AddressResult {
  readonly address: string;
  readonly state: AddressState;
  /** The interface that carries it, or would. */
  readonly interface?: string;
  /** RFC 3339: since when it is so. */
  readonly since: string;
  /** With `Duplicate`: the MAC address of the machine that answers. */
  readonly duplicateMAC?: string;
  readonly message?: string;
}

/** An interface of the node that addresses may come to. */
export interface ReportedInterface {
  readonly name: string;
  /** Its MAC address in small letters: who answers with it is no stranger. */
  readonly mac?: string;
  readonly subnets: readonly string[];
  /** What it carries that is not ours. */
  readonly addresses: readonly string[];
}

/** An EgressNode, read. */
export interface EgressNode {
  readonly name: string;
  readonly generation: number;
  readonly resourceVersion: string;
  readonly wishes: readonly Wish[];
  readonly status: EgressNodeStatus;
}

/** What the agent reports. */
export interface EgressNodeStatus {
  /** The generation whose wishes the results are about; 0 before the first report. */
  readonly observedGeneration: number;
  readonly interfaces: readonly ReportedInterface[];
  /** The node's default gateways: nobody else may have their addresses. */
  readonly gateways: readonly string[];
  readonly addresses: readonly AddressResult[];
}
