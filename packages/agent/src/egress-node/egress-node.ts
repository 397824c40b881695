import type { KubernetesObject, Resource } from '@egressip-ipam/kube';
import { formatAddress, parseAddress, parseCidr } from '@egressip-ipam/core';

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

/** A message that is longer was written by nobody of ours. */
const longestMessage = 512;

/**
 * Reads an EgressNode. Whoever has a node writes its status: what is no address, no CIDR, no MAC address or no state
 * that is known is left out, and so are the rest of an endless message and characters that would steer a terminal.
 */
export function readEgressNode(object: KubernetesObject): EgressNode {
  const { metadata } = object;
  return {
    name: metadata.name,
    generation: metadata.generation ?? 0,
    resourceVersion: metadata.resourceVersion ?? '',
    wishes: entries(fields(object['spec'])['addresses']).flatMap(readWish),
    status: readStatus(object['status']),
  };
}

/** Reads the status of an EgressNode. What it gives it reads as the same. */
export function readStatus(value: unknown): EgressNodeStatus {
  const { observedGeneration, interfaces, gateways, addresses } = fields(value);
  return {
    observedGeneration: typeof observedGeneration === 'number' ? observedGeneration : 0,
    interfaces: entries(interfaces).map(readInterface),
    gateways: canonicalTexts(gateways),
    addresses: entries(addresses).flatMap(readResult),
  };
}

function readInterface({ name, mac, subnets, addresses }: Fields): ReportedInterface {
  return {
    name: text(name),
    ...(isMAC(mac) ? { mac } : {}),
    subnets: texts(subnets).filter((subnet) => parseCidr(subnet) !== undefined),
    addresses: canonicalTexts(addresses),
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
      ...(typeof device === 'string' ? { interface: text(device) } : {}),
      ...(isMAC(duplicateMAC) ? { duplicateMAC } : {}),
      ...(typeof message === 'string' ? { message: text(message) } : {}),
    },
  ];
}

function canonicalText(value: unknown): string | undefined {
  const address = typeof value === 'string' ? parseAddress(value) : undefined;
  return address === undefined ? undefined : formatAddress(address);
}

function canonicalTexts(value: unknown): readonly string[] {
  return texts(value).flatMap((one) => canonicalText(one) ?? []);
}

/** In small letters; some links have longer ones than Ethernet. */
function isMAC(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{2}(:[0-9a-f]{2}){1,19}$/.test(value);
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
  // eslint-disable-next-line no-control-regex -- they are what is to go
  return typeof value === 'string' ? value.slice(0, longestMessage).replace(/[\u0000-\u001f\u007f-\u009f]/g, '') : '';
}
