import { formatAddress, type Finding, type NetworkDecisions } from '@egressip-ipam/core';
import type { HostChange } from './host-change.ts';

/** Addresses in our CIDRs on HostSubnets that nobody in our care has: in use, and left alone (law 5). */
export function reportForeignHosts(decisions: NetworkDecisions, changes: readonly HostChange[]): readonly Finding[] {
  return changes.flatMap(({ hostSubnet }): readonly Finding[] => {
    // Where there are CIDRs, the SDN itself places.
    if (hostSubnet.egressCIDRs.length > 0) return [];
    const foreign = hostSubnet.egressIPs.filter(
      (address) =>
        decisions.ownerOf(address) === undefined &&
        !decisions.isLeaving(address) &&
        decisions.egressIPAMs.some((egressIPAM) => decisions.assignmentOf(egressIPAM, address) !== undefined),
    );
    return foreign.map(formatAddress).map((text) => ({
      code: 'ForeignHostedAddress',
      severity: 'info',
      object: hostSubnet.object,
      message: `${text} was not put there by this operator; it counts as in use and stays`,
      addresses: [text],
    }));
  });
}
