import {
  egressIPConfigAnnotation,
  unlimited,
  type Finding,
  type NetworkPlatform,
  type NodeFacts,
  type NodeSnapshot,
} from '@egressip-ipam/core';
import { parseEgressIPConfig, type EgressIPConfig } from '@egressip-ipam/core/plugin';
import type { ParsedHostSubnet } from './parse-host-subnet.ts';

/** What a node's annotations say of it, as far as OpenShift SDN goes by them. */
export interface ParsedNode {
  readonly name: string;
  readonly announced: EgressIPConfig | undefined;
  readonly findings: readonly Finding[];
}

const none: readonly never[] = [];

/** Parses a node's annotations; nothing in them makes it throw. */
export function parseNode({ name, annotations }: NodeSnapshot): ParsedNode {
  const value = annotations?.[egressIPConfigAnnotation];
  const announced = value === undefined ? undefined : parseEgressIPConfig(value);
  if (value === undefined || announced !== undefined) return { name, announced, findings: none };
  const message = `annotation ${egressIPConfigAnnotation} is not understood and is ignored: ${value.slice(0, 200)}`;
  return {
    name,
    announced,
    findings: [{ code: 'InvalidNodeAnnotation', severity: 'warning', object: { kind: 'Node', name }, message }],
  };
}

/** A node can be used once the SDN has made its HostSubnet, as long as that can be written. */
export function nodeFactsOf(
  hostSubnet: ParsedHostSubnet | undefined,
  announced: EgressIPConfig | undefined,
  { isCloud, attaches }: NetworkPlatform,
): NodeFacts {
  // What is announced counts where the cluster's own controller attaches; this project knows its interfaces itself.
  const counts = isCloud && !attaches ? announced : undefined;
  return {
    usable: hostSubnet !== undefined && hostSubnet.others === undefined,
    ...(counts === undefined ? {} : { subnets: counts.subnets }),
    capacity: counts?.capacity ?? unlimited,
    addresses: hostSubnet?.hostIP === undefined ? none : [hostSubnet.hostIP],
  };
}
