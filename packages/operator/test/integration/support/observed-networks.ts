import { asRecord } from '@egressip-ipam/core/plugin';
import type { KubernetesObject, Resource } from '@egressip-ipam/kube';
import type { Carriers } from './carried.ts';
import { egressGatewayPolicies, egresses, egressIPs, egressNodes, hostSubnets, netNamespaces } from './resources.ts';

/** By kind and name: what the server has at one moment. */
export type ObservedState = Readonly<
  Record<
    | 'Namespace'
    | 'Node'
    | 'HostSubnet'
    | 'NetNamespace'
    | 'EgressIP'
    | 'Egress'
    | 'CiliumEgressGatewayPolicy'
    | 'EgressNode'
    | 'EgressIPAM',
    Map<string, KubernetesObject>
  >
>;

/** What the observer of laws has to know of a network. */
export interface ObservedNetwork {
  readonly resources: readonly Resource[];
  /** Who carries what, by its objects alone. */
  readonly carriersIn: (state: ObservedState) => Carriers;
}

/** Bound by the NetNamespace, hosted by a HostSubnet. */
export const openshiftSdn: ObservedNetwork = {
  resources: [hostSubnets, netNamespaces],
  carriersIn: (state) => {
    const hosts = addressesIn(state.HostSubnet, ({ egressIPs: hosted }) => texts(hosted));
    return (namespace, address) =>
      texts(state.NetNamespace.get(namespace)?.['egressIPs']).includes(address) ? (hosts.get(address) ?? []) : [];
  },
};

/** An EgressIP that selects the whole namespace, wants the address and has it on a node. */
export const ovnKubernetes: ObservedNetwork = {
  resources: [egressIPs],
  carriersIn: (state) => {
    const nodes = new Map<string, string[]>();
    for (const { spec, status } of [...state.EgressIP.values()].map(readEgressIP)) {
      const namespace = asRecord(asRecord(spec['namespaceSelector'])['matchLabels'])['kubernetes.io/metadata.name'];
      const isWhole = Object.keys(asRecord(spec['podSelector'])).length === 0;
      if (!isWhole || typeof namespace !== 'string') continue;
      for (const { egressIP, node } of itemsOf(status))
        if (texts(spec['egressIPs']).includes(egressIP))
          nodes.set(`${namespace}/${egressIP}`, [...(nodes.get(`${namespace}/${egressIP}`) ?? []), node]);
    }
    return (namespace, address) => nodes.get(`${namespace}/${address}`) ?? [];
  },
};

/** An Egress that selects the whole namespace, and a node that Antrea says has its address. */
export const antrea: ObservedNetwork = {
  resources: [egresses],
  carriersIn: (state) => {
    const nodes = new Map<string, string[]>();
    for (const { spec, status } of [...state.Egress.values()].map(readEgressIP)) {
      const { namespaceSelector, podSelector } = asRecord(spec['appliedTo']);
      const namespace = asRecord(asRecord(namespaceSelector)['matchLabels'])['kubernetes.io/metadata.name'];
      const [address, node] = [String(spec['egressIP']), String(status['egressNode'])];
      if (Object.keys(asRecord(podSelector)).length > 0 || status['egressIP'] !== address) continue;
      const key = `${String(namespace)}/${address}`;
      nodes.set(key, [...(nodes.get(key) ?? []), node]);
    }
    return (namespace, address) => nodes.get(`${namespace}/${address}`) ?? [];
  },
};

/** A policy of the whole namespace that sends everything to a node, whose agent says that it holds the address. */
export const cilium: ObservedNetwork = {
  resources: [egressGatewayPolicies, egressNodes],
  carriersIn: (state) => {
    const held = addressesIn(state.EgressNode, (node) =>
      records(readEgressIP(node).status['addresses']).flatMap(({ address, state: is }) =>
        is === 'Held' ? [String(address)] : [],
      ),
    );
    const nodes = new Map<string, string[]>();
    for (const { spec } of [...state.CiliumEgressGatewayPolicy.values()].map(readEgressIP)) {
      const [selector, ...others] = records(spec['selectors']);
      const pods = asRecord(asRecord(selector?.['podSelector'])['matchLabels']);
      const namespace = pods['io.kubernetes.pod.namespace'];
      const isWhole = others.length === 0 && Object.keys(pods).length === 1 && typeof namespace === 'string';
      if (!isWhole || !texts(spec['destinationCIDRs']).includes('0.0.0.0/0')) continue;
      for (const gateway of [spec['egressGateway'], ...records(spec['egressGateways'])].map(asRecord)) {
        const address = String(gateway['egressIP']);
        const node = asRecord(asRecord(gateway['nodeSelector'])['matchLabels'])['kubernetes.io/hostname'];
        const key = `${namespace}/${address}`;
        if (held.get(address)?.includes(String(node)) === true)
          nodes.set(key, [...(nodes.get(key) ?? []), String(node)]);
      }
    }
    return (namespace, address) => nodes.get(`${namespace}/${address}`) ?? [];
  },
};

/** The objects in a list. */
function records(list: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(list) ? list.map(asRecord) : [];
}

/** `status.items` of an EgressIP. */
export function itemsOf(
  status: Readonly<Record<string, unknown>>,
): readonly { readonly egressIP: string; readonly node: string }[] {
  const items = Array.isArray(status['items']) ? status['items'].map(asRecord) : [];
  return items.map(({ egressIP, node }) => ({ egressIP: String(egressIP), node: String(node) }));
}

/** Spec and status of an object. */
export function readEgressIP(
  object: KubernetesObject,
): Readonly<Record<'spec' | 'status', Readonly<Record<string, unknown>>>> {
  return { spec: asRecord(object['spec']), status: asRecord(object['status']) };
}

/** By address: the names of the objects that have it. */
export function addressesIn(
  objects: ReadonlyMap<string, KubernetesObject>,
  addressesOf: (object: KubernetesObject) => readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [name, object] of objects)
    for (const address of addressesOf(object)) found.set(address, [...(found.get(address) ?? []), name]);
  return found;
}

/** A list of texts, whatever it is. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
