import type { KubernetesObject, Resource } from '@egressip-ipam/kube';
import { formatAddress, parseAddress } from '@egressip-ipam/core';

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
  /** The node that carried it last and has confirmed that it does no more: it is taken without a look at the network. */
  readonly vacatedBy?: string;
}

/**
 * What became of a wish: `Probing` somebody else may have it, which is being found out; `Held` it is on the node;
 * `Duplicate` another machine answers for it; `Foreign` it is on the node, put there by somebody else, and left alone;
 * `NoInterface` no interface has a subnet for it; `Failed` the kernel refused it.
 */
export type AddressState = 'Probing' | 'Held' | 'Duplicate' | 'Foreign' | 'NoInterface' | 'Failed';

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

const states: readonly AddressState[] = ['Probing', 'Held', 'Duplicate', 'Foreign', 'NoInterface', 'Failed'];

/** Reads an EgressNode. What is not as the CRD has it is left out: addresses that are none, states that are unknown. */
export function readEgressNode(object: KubernetesObject): EgressNode {
  const { metadata } = object;
  const status = fields(object['status']);
  return {
    name: metadata.name,
    generation: metadata.generation ?? 0,
    resourceVersion: metadata.resourceVersion ?? '',
    wishes: entries(fields(object['spec'])['addresses']).flatMap(readWish),
    status: {
      observedGeneration: typeof status['observedGeneration'] === 'number' ? status['observedGeneration'] : 0,
      interfaces: entries(status['interfaces']).map(({ name, mac, subnets, addresses }) => ({
        name: text(name),
        ...(typeof mac === 'string' ? { mac } : {}),
        subnets: texts(subnets),
        addresses: texts(addresses),
      })),
      gateways: texts(status['gateways']),
      addresses: entries(status['addresses']).flatMap(readResult),
    },
  };
}

function readWish({ address, reason, vacatedBy }: Fields): readonly Wish[] {
  const canonical = canonicalText(address);
  if (canonical === undefined) return [];
  return [{ address: canonical, reason: text(reason), ...(typeof vacatedBy === 'string' ? { vacatedBy } : {}) }];
}

function readResult({
  address,
  state,
  interface: device,
  since,
  duplicateMAC,
  message,
}: Fields): readonly AddressResult[] {
  const canonical = canonicalText(address);
  const known = states.find((one) => one === state);
  if (canonical === undefined || known === undefined) return [];
  return [
    {
      address: canonical,
      state: known,
      since: text(since),
      ...(typeof device === 'string' ? { interface: device } : {}),
      ...(typeof duplicateMAC === 'string' ? { duplicateMAC } : {}),
      ...(typeof message === 'string' ? { message } : {}),
    },
  ];
}

function canonicalText(value: unknown): string | undefined {
  const address = typeof value === 'string' ? parseAddress(value) : undefined;
  return address === undefined ? undefined : formatAddress(address);
}

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function entries(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
