import { type ClusterNetwork, type NodeSnapshot } from '@egressip-ipam/core';
import { parseCidrs } from '@egressip-ipam/core/plugin';
import type { CiliumSettings } from './settings.ts';

/** What agents write on their nodes, where they are told to; the name was another before Cilium 1.13. */
export const podCidrAnnotations: readonly string[] = [
  'network.cilium.io/ipv4-pod-cidr',
  'network.cilium.io/ipv6-pod-cidr',
  'io.cilium.network.ipv4-pod-cidr',
  'io.cilium.network.ipv6-pod-cidr',
];

/** Networks of pods that Cilium knows alone: nodes need not have `spec.podCIDRs`. */
export function podNetworksOf(
  nodes: readonly NodeSnapshot[],
  { podNetworks }: Pick<CiliumSettings, 'podNetworks'>,
): readonly ClusterNetwork[] {
  const pools = parseCidrs(podNetworks.split(' ')).map((cidr) => ({ cidr, what: "Cilium's pool of pod addresses" }));
  const ofNodes = nodes.flatMap(({ name, annotations = {} }) =>
    parseCidrs(podCidrAnnotations.flatMap((key) => annotations[key] ?? [])).map((cidr) => ({
      cidr,
      what: `the pods of node ${name}`,
    })),
  );
  return [...pools, ...ofNodes];
}
