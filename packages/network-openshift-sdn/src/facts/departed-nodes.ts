import { formatAddress, type Address, type Finding, type ReservedRange } from '@egressip-ipam/core';
import type { ParsedHostSubnet } from './parse-host-subnet.ts';

/** The addresses of HostSubnets without a node, such as those of load balancers outside of the cluster. */
export function reservedOf(withoutNode: readonly ParsedHostSubnet[]): readonly ReservedRange[] {
  return withoutNode.flatMap(({ name, hostIP }) =>
    hostIP === undefined
      ? []
      : [{ first: hostIP, last: hostIP, reason: `it is the host's own address in HostSubnet ${name}` }],
  );
}

/** What is ours leaves such a HostSubnet by itself; what somebody else put there carries nothing, and stays. */
export function reportDeparted(withoutNode: readonly ParsedHostSubnet[]): readonly Finding[] {
  return withoutNode.flatMap((hostSubnet): readonly Finding[] => {
    const unrecorded = hostSubnet.egressIPs.filter((address) => !hostSubnet.recorded.includes(address));
    return unrecorded.length === 0 ? [] : [withoutNodeFinding(hostSubnet.name, unrecorded)];
  });
}

function withoutNodeFinding(name: string, addresses: readonly Address[]): Finding {
  const texts = addresses.map(formatAddress);
  return {
    code: 'HostSubnetWithoutNode',
    severity: 'warning',
    object: { kind: 'HostSubnet', name },
    message:
      `there is no node ${name}, so nothing carries ${texts.join(', ')}, and no other node may host what this ` +
      'HostSubnet has; ' +
      'it was not put there by this operator: delete the HostSubnet if the node is gone for good',
    addresses: texts,
  };
}
